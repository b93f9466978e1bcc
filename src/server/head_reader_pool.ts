/**
 * Readers of request heads that are used again: nearly every head comes in one chunk, so one
 * reader serves all handshakes of a server in turn.
 *
 * @module
 */
import { HeadReader, type HeadReaderOptions } from "../handshake/http_head.ts";

/** Keeps one reader that has read nothing. */
export class HeadReaderPool {
  readonly #options: HeadReaderOptions;
  #spare: HeadReader | null = null;

  constructor(options: HeadReaderOptions) {
    this.#options = options;
  }

  /** Gives a reader that has read nothing. */
  acquire(): HeadReader {
    const spare = this.#spare;
    this.#spare = null;
    return spare ?? new HeadReader(this.#options);
  }

  /** Takes a reader back when its head is read, or refused. */
  release(reader: HeadReader): void {
    reader.reset();
    this.#spare = reader;
  }
}
