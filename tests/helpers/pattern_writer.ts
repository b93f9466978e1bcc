/**
 * Writes the bytes of `byte_pattern.ts` to a transport and holds it to its word about buffers.
 *
 * @module
 */
import { HIGH_WATER_BYTES, type Transport } from "../../src/transport/transport.ts";
import { fillPattern } from "./byte_pattern.ts";
import type { RecordingSink } from "./recording_sink.ts";

/** Bytes in the buffer before what is written, so that no write begins at 0. */
const MARGIN = 7;

/** Writes the pattern piece by piece out of one buffer, reused as soon as `write` allows. */
export class PatternWriter {
  writtenBytes = 0;
  readonly #transport: Transport;
  #buffer: Uint8Array = new Uint8Array(0);

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Writes the next `size` bytes; overwrites them at once if the transport says it may. */
  write(size: number): void {
    const end = MARGIN + size;
    if (this.#buffer.length < end) this.#buffer = new Uint8Array(end + MARGIN);
    fillPattern(this.#buffer, MARGIN, end, this.writtenBytes);
    this.writtenBytes += size;
    if (this.#transport.write(this.#buffer, MARGIN, end)) this.#buffer.fill(0xff);
    else this.#buffer = new Uint8Array(0);
  }

  /** Writes pieces until `total` bytes are written, and waits for drains as the contract says. */
  async writeAll(sink: RecordingSink, total: number, nextSize: () => number): Promise<void> {
    while (this.writtenBytes < total) {
      this.write(Math.min(nextSize(), total - this.writtenBytes));
      if (this.#transport.bufferedAmount <= HIGH_WATER_BYTES) continue;
      const drains = sink.drains;
      await sink.until(() => sink.drains > drains || sink.closes > 0);
    }
  }
}
