/**
 * Where the bytes of a write are while Deno may look at them. Deno tries a write within
 * the call, and tells a moment later whether that was all: a buffer that is shared by all
 * connections, and begun anew whenever nothing is under way, costs a quarter of a copy
 * of one's own (2 KiB: 0.1 against 0.8 µs; 64 KiB: 3 against 16 µs).
 *
 * @module
 */
import { HIGH_WATER_BYTES } from "../../transport/transport.ts";

const ARENA_BYTES = 256 * 1024;
/** Arenas kept for the next burst: making one costs as much as 20 writes. */
const MAX_SPARES = 3;

/**
 * Pieces up to this size are copied. Who writes a larger one is told when its buffer is free
 * again (`onDrain`), and does without it until then: at 64 KiB a tenth less time than the copy.
 */
export const MAX_PIECE_BYTES: number = HIGH_WATER_BYTES;

/** Memory for the pieces that are being written. */
export class WriteArena {
  static readonly #spares: WriteArena[] = [];
  static #current: WriteArena = new WriteArena();
  readonly #bytes = new Uint8Array(ARENA_BYTES);
  #usedBytes = 0;
  #pieces = 0;

  /** An arena with room for `length` bytes, at most {@linkcode MAX_PIECE_BYTES}. */
  static withRoomFor(length: number): WriteArena {
    // A full one belongs to its slow writes from here on, and comes back after them.
    if (WriteArena.#current.#usedBytes + length > ARENA_BYTES) {
      WriteArena.#current = WriteArena.#spares.pop() ?? new WriteArena();
    }
    return WriteArena.#current;
  }

  /** Copies `bytes[start, end)`, until {@linkcode WriteArena.release}. */
  copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const at = this.#usedBytes;
    this.#pieces++;
    this.#usedBytes = at + end - start;
    this.#bytes.set(bytes.subarray(start, end), at);
    return this.#bytes.subarray(at, this.#usedBytes);
  }

  /** Says that one piece is written. */
  release(): void {
    if (--this.#pieces > 0) return;
    this.#usedBytes = 0;
    const spares = WriteArena.#spares;
    if (this !== WriteArena.#current && spares.length < MAX_SPARES) spares.push(this);
  }
}
