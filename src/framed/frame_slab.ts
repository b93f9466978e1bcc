/**
 * Memory for short frames that many connections share. Several frames lie in one buffer, because a
 * buffer for each takes longer to make than a frame of 64 bytes takes to encode.
 *
 * @module
 */
import type { Output } from "../protocol/output.ts";

/**
 * A frame that is kept, for example in a history, keeps its slab with it. So a slab is small, and
 * frames that are kept together lie together.
 */
const SLAB_BYTES = 8 * 1024;

/** An output whose bytes are taken without a copy, and never change after that. */
export class FrameSlab implements Output {
  readonly isCongested = false;
  #bytes = new Uint8Array(SLAB_BYTES);
  #start = 0; // the bytes before it are taken
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  reserve(size: number): number {
    if (this.#length + size > this.#bytes.length) this.#begin(size);
    const at = this.#length;
    this.#length = at + size;
    return at;
  }

  release(size: number): void {
    this.#length -= size;
  }

  /** Takes what was written since the last call. */
  take(): Uint8Array {
    const start = this.#start;
    this.#start = this.#length;
    return this.#bytes.subarray(start, this.#length);
  }

  /** Begins a slab with what is not taken yet, and room for `size` bytes. */
  #begin(size: number): void {
    const rest = this.#bytes.subarray(this.#start, this.#length);
    this.#bytes = new Uint8Array(Math.max(SLAB_BYTES, rest.length + size));
    this.#bytes.set(rest);
    this.#start = 0;
    this.#length = rest.length;
  }
}
