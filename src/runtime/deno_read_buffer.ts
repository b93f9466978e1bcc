/**
 * The buffer a `Deno.Conn` reads into. A pending read holds its buffer and cannot be
 * called back, so this is the memory of an idle connection: small unless it is busy.
 *
 * @module
 */

const SMALL_BYTES = 512;
const MIDDLE_BYTES = 8 * 1024;
/** Room for a frame of 64 KiB with its header: what arrives whole need not be put together. */
const LARGE_BYTES = 65 * 1024;

/** How long after a read that needed it a connection keeps a larger buffer. */
const BUSY_MS = 100;

function fit(length: number): number {
  if (length < SMALL_BYTES) return SMALL_BYTES;
  return length < MIDDLE_BYTES ? MIDDLE_BYTES : LARGE_BYTES;
}

/** Offers bytes to read into, and takes out what was read. */
export class ReadBuffer {
  /** For the next read. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_BYTES);
  #neededAt = -Infinity;

  /**
   * Takes the first `length` bytes, for good: a well filled buffer is given away and
   * replaced, a few bytes are copied.
   */
  take(length: number): Uint8Array {
    const bytes = this.bytes;
    const nextBytes = this.#chooseNext(length);
    const copied = length * 2 < bytes.length;
    if (!copied || nextBytes !== bytes.length) this.bytes = new Uint8Array(nextBytes);
    return copied ? bytes.slice(0, length) : bytes.subarray(0, length);
  }

  #chooseNext(length: number): number {
    const size = this.bytes.length;
    // A full buffer: more is waiting, so the next read ends at once whatever it holds.
    if (length === size || size === SMALL_BYTES) return fit(length);
    const now = performance.now();
    const isBusy = now - this.#neededAt < BUSY_MS;
    if (fit(length) === size) this.#neededAt = now;
    return isBusy ? size : SMALL_BYTES;
  }
}
