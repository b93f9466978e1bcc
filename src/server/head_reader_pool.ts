/**
 * A pool of readers of request heads. Nearly every head arrives in one chunk, so one reader serves
 * all handshakes of a server in turn.
 *
 * @module
 */
import { HeadReader, type HeadReaderOptions } from "../handshake/http_head.ts";

/** Keeps one unused reader. */
export class HeadReaderPool {
  readonly #options: HeadReaderOptions;
  #spare: HeadReader | null = null;

  constructor(options: HeadReaderOptions) {
    this.#options = options;
  }

  /** Returns an unused reader. */
  acquire(): HeadReader {
    const spare = this.#spare;
    this.#spare = null;
    return spare ?? new HeadReader(this.#options);
  }

  /** Takes a reader back after its head was read or refused. */
  release(reader: HeadReader): void {
    reader.reset();
    this.#spare = reader;
  }
}
