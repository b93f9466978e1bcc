/**
 * The output of a Deno transport that waits for the current write.
 *
 * @module
 */

/** Pieces up to this size are copied; the buffer of a larger one is kept. */
export const COPY_BYTES: number = 4 * 1024;

const TAIL_BYTES = 4 * COPY_BYTES;

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
      this.#tail ??= new Uint8Array(TAIL_BYTES);
      this.#tail.set(bytes.subarray(start, end), this.#tailBytes);
      this.#tailBytes += length;
    } else {
      this.#pieces.push(bytes.subarray(start, end));
    }
    return copied;
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
