/**
 * A queue of bytes that the system has not taken yet. It is needed because Bun's `socket.write`
 * takes only as many bytes as fit.
 *
 * @module
 */
import type { BunSocket } from "./types.ts";

/** Pieces of at least this size are not copied, if they fill most of their buffer. */
const KEEP_BYTES = 16 * 1024;

/** A piece of the queue: `bytes[start, end)`. */
interface Piece {
  bytes: Uint8Array;
  start: number;
  end: number;
  /** Whether the buffer belongs to the queue, so that bytes can be added behind `end`. */
  readonly isCopy: boolean;
}

/** A queue of bytes to be written. */
export class PendingBytes {
  /** The number of bytes in the queue. */
  amount = 0;
  readonly #pieces: Piece[] = [];

  /**
   * Adds `bytes[start, end)`. Returns `true` if they were copied, `false` if the buffer itself is
   * kept. A buffer is kept only if the bytes are at least half of it, so that memory is at most
   * twice `amount`.
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

  /** Writes as many bytes as the socket takes. Returns their number. */
  writeTo<State>(socket: BunSocket<State>): number {
    const before = this.amount;
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const taken = socket.write(piece.bytes, piece.start, piece.end - piece.start);
      if (taken <= 0) break;
      this.amount -= taken;
      piece.start += taken;
      if (piece.start < piece.end) break;
      this.#pieces.shift();
    }
    return before - this.amount;
  }
}
