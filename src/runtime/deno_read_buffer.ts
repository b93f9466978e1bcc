/**
 * The buffer a `Deno.Conn` reads into. A pending read holds its buffer and cannot be
 * called back, so this is the memory of an idle connection: small unless it is busy.
 *
 * @module
 */

const SMALL_BYTES = 512;
const MIDDLE_BYTES = 8 * 1024;
const LARGE_BYTES = 64 * 1024;

/** A connection whose large reads follow each other within this time keeps a large buffer. */
const BUSY_MS = 100;

function fit(length: number): number {
  if (length < SMALL_BYTES) return SMALL_BYTES;
  return length < MIDDLE_BYTES ? MIDDLE_BYTES : LARGE_BYTES;
}

/** Offers bytes to read into, and takes out what was read. */
export class ReadBuffer {
  /** For the next read. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_BYTES);
  #lastEmptiedAt = -Infinity;

  /**
   * Takes the first `length` bytes, for good: a well filled buffer is given away and
   * replaced, a few bytes are copied.
   */
  take(length: number): Uint8Array {
    const bytes = this.bytes;
    const copied = length * 2 < bytes.length;
    const nextBytes = this.#chooseNext(length);
    if (!copied || nextBytes !== bytes.length) this.bytes = new Uint8Array(nextBytes);
    return copied ? bytes.slice(0, length) : bytes.subarray(0, length);
  }

  #chooseNext(length: number): number {
    // A full buffer: more is waiting, so the next read ends at once whatever it holds.
    if (length < SMALL_BYTES || length === this.bytes.length) return fit(length);
    const now = performance.now();
    const busy = now - this.#lastEmptiedAt < BUSY_MS;
    this.#lastEmptiedAt = now;
    return busy ? fit(length) : SMALL_BYTES;
  }
}
