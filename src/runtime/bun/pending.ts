/**
 * Bytes that the system would not take yet: Bun's `socket.write` takes what fits and
 * leaves the rest to its caller.
 *
 * @module
 */
import type { BunSocket } from "./types.ts";

/** From this size on the bytes are not copied, if they are most of their buffer. */
const KEEP_BYTES = 16 * 1024;

/** `bytes[start, end)`, to be written. */
interface Piece {
  bytes: Uint8Array;
  start: number;
  end: number;
  /** Whether the buffer is ours, so that more fits behind `end`. */
  readonly isCopy: boolean;
}

/** A queue of bytes to be written. */
export class PendingBytes {
  /** How many there are. */
  amount = 0;
  readonly #pieces: Piece[] = [];

  /**
   * Adds `bytes[start, end)`. Returns `true` if they were copied, `false` if the buffer is
   * kept. It is kept when little of it is wasted, so that at most twice `amount` is held.
   */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const size = end - start;
    this.amount += size;
    if (size >= KEEP_BYTES && size * 2 >= bytes.buffer.byteLength) {
      this.#pieces.push({ bytes, start, end, isCopy: false });
      return false;
    }
    let last = this.#pieces.at(-1);
    if (last === undefined || !last.isCopy || last.end + size > last.bytes.length) {
      last = {
        bytes: new Uint8Array(Math.max(size, KEEP_BYTES)),
        start: 0,
        end: 0,
        isCopy: true,
      };
      this.#pieces.push(last);
    }
    last.bytes.set(bytes.subarray(start, end), last.end);
    last.end += size;
    return true;
  }

  /** Writes as much as the socket takes. */
  writeTo<State>(socket: BunSocket<State>): void {
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const taken = socket.write(piece.bytes, piece.start, piece.end - piece.start);
      if (taken <= 0) return;
      this.amount -= taken;
      piece.start += taken;
      if (piece.start < piece.end) return;
      this.#pieces.shift();
    }
  }
}
