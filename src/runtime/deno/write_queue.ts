/**
 * The output of a Deno transport that waits for the current write.
 *
 * @module
 */

/** Pieces up to this size are copied; the buffer of a larger one is kept. */
export const COPY_BYTES: number = 4 * 1024;

/** Most bytes of one tail. */
const TAIL_BYTES = 4 * COPY_BYTES;

/** Shared bytes of at least this size are kept, because a write of their own is worth it. */
const MIN_KEPT_BYTES = 1024;

/** Pieces of output in order. Small ones are joined, so that they leave in one write. */
export class WriteQueue {
  readonly #pieces: Uint8Array[] = [];
  #tail: Uint8Array | undefined;
  #tailBytes = 0;

  /**
   * Appends `bytes[start, end)`. Returns `true` if they were copied, `false` if their buffer is
   * kept.
   */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    const copied = length <= COPY_BYTES;
    if (!copied || this.#tailBytes + length > TAIL_BYTES) this.#sealTail();
    if (copied) {
      this.#roomFor(length).set(bytes.subarray(start, end), this.#tailBytes);
      this.#tailBytes += length;
    } else {
      this.#pieces.push(bytes.subarray(start, end));
    }
    return copied;
  }

  /** Appends bytes that never change. They are kept, unless that would make many short pieces. */
  pushShared(bytes: Uint8Array): void {
    if (bytes.length < MIN_KEPT_BYTES && !this.#isEmpty) {
      this.push(bytes, 0, bytes.length);
      return;
    }
    this.#sealTail();
    this.#pieces.push(bytes);
  }

  get #isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#tail === undefined;
  }

  /**
   * The tail with room for `length` bytes. It begins as long as its first piece, because 1,000
   * connections with one waiting piece each would otherwise take 16 MiB.
   */
  #roomFor(length: number): Uint8Array {
    const tail = this.#tail, needed = this.#tailBytes + length;
    if (tail === undefined) return this.#tail = new Uint8Array(length);
    if (needed <= tail.length) return tail;
    const grown = new Uint8Array(Math.min(TAIL_BYTES, Math.max(needed, 2 * tail.length)));
    grown.set(tail.subarray(0, this.#tailBytes));
    return this.#tail = grown;
  }

  /** Takes the next piece; `undefined` if there is none. */
  shift(): Uint8Array | undefined {
    if (this.#pieces.length === 0) this.#sealTail();
    return this.#pieces.shift();
  }

  #sealTail(): void {
    if (this.#tail !== undefined) this.#pieces.push(this.#tail.subarray(0, this.#tailBytes));
    this.#tail = undefined;
    this.#tailBytes = 0;
  }
}
