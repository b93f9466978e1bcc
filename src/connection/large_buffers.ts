/**
 * Buffers for frames too large for the shared slab. They are used again: a fresh megabyte
 * costs more in page faults and garbage collection than the copy that goes into it.
 *
 * @module
 */

/** Kept for reuse, all together: a few large messages under way, and little enough to forget. */
const MAX_SPARE_BYTES = 4 * 1024 * 1024;

/** Lends buffers. */
export class LargeBuffers {
  #spares: Uint8Array[] = [];
  #spareBytes = 0;

  /** A buffer of at least `size` bytes, with whatever was in it before. */
  take(size: number): Uint8Array {
    const at = this.#spares.findIndex(({ length }) => length >= size && length <= size * 2);
    if (at < 0) return new Uint8Array(size);
    const [bytes] = this.#spares.splice(at, 1);
    this.#spareBytes -= bytes!.length;
    return bytes!;
  }

  /** Takes a buffer back that nobody refers to any more. */
  give(bytes: Uint8Array): void {
    if (bytes.length > MAX_SPARE_BYTES) return;
    this.#spares.push(bytes);
    this.#spareBytes += bytes.length;
    while (this.#spareBytes > MAX_SPARE_BYTES) this.#spareBytes -= this.#spares.shift()!.length;
  }
}
