/**
 * What a Deno transport still has to write while one write is under way.
 *
 * @module
 */

/** Up to this many bytes are copied; a larger piece comes in a buffer of its own from who is behind. */
export const COPY_BYTES: number = 4 * 1024;

const TAIL_BYTES = 4 * COPY_BYTES;

/** Pieces of output in order; small ones are gathered so that they leave in one write. */
export class WriteQueue {
  readonly #pieces: Uint8Array[] = [];
  #tail: Uint8Array | undefined;
  #tailBytes = 0;

  /** Appends `bytes[start, end)`. Returns `true` when it was copied, `false` when it is referred to. */
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

  /** Takes the next piece, or `undefined` when there is none. */
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
