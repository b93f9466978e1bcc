/**
 * Reusable buffers for frames that are too large for the shared slab. A new megabyte costs more in
 * page faults and garbage collection than copying a message into it.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** Bytes kept for reuse in all: two messages of 16 MiB, or many smaller ones. */
const MAX_SPARE_BYTES = 32 * 1024 * 1024;
/** Buffers that were not used for this long are released. */
const KEEP_MS = 1_000;

/**
 * Offset of the output in its buffer. The bytes of a message nearly always begin at a page of
 * memory. Copied behind a header of 2 to 14 bytes at the start of another page, they would lie
 * where AMD's Zen 3 and 4 copy 14 times as slowly (see `simd_mask.ts`): 64 KiB in 22 instead of
 * 1.5 µs.
 */
const FIRST_BYTE = 1024;

/** Makes a buffer for output. */
export function makeOutputBuffer(size: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(FIRST_BYTE + size), FIRST_BYTE);
}

/** A pool of large buffers. */
export class LargeBuffers {
  readonly #clock: Clock;
  #spares: Uint8Array[] = [];
  #spareBytes = 0;
  #wasUsed = false;
  #isWatched = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a buffer of at least `size` bytes, with its earlier contents. */
  take(size: number): Uint8Array {
    this.#wasUsed = true;
    const at = this.#spares.findIndex(({ length }) => length >= size && length <= size * 2);
    const [bytes] = at < 0 ? [] : this.#spares.splice(at, 1);
    if (bytes === undefined) return makeOutputBuffer(size);
    this.#spareBytes -= bytes.length;
    return bytes;
  }

  /** Returns a buffer that nothing refers to any more. */
  give(bytes: Uint8Array): void {
    if (bytes.length > MAX_SPARE_BYTES) return;
    this.#spares.push(bytes);
    this.#spareBytes += bytes.length;
    while (this.#spareBytes > MAX_SPARE_BYTES) this.#spareBytes -= this.#spares.shift()!.length;
    if (!this.#isWatched) this.#watch();
  }

  #watch(): void {
    this.#isWatched = true;
    this.#wasUsed = false;
    this.#clock.after(KEEP_MS, () => {
      this.#isWatched = false;
      if (this.#wasUsed) return this.#watch();
      this.#spares = [];
      this.#spareBytes = 0;
    });
  }
}
