/**
 * A ring buffer for small binary messages, so that a copy of a message needs no buffer of its own.
 *
 * @module
 */

const FIRST_BYTES = 1_024;
/** Most bytes of capacity that an empty ring keeps. */
const KEPT_BYTES = 64 * 1024;
/**
 * Positions wrap around here, so that they stay small integers. A remainder of larger numbers takes
 * 20 ns.
 */
const WRAP = 2 ** 30 - 1;
/**
 * Largest capacity. It is far enough below `WRAP` that the distance of two positions shows which is
 * older.
 */
const MAX_BYTES = 2 ** 28;

/**
 * A queue of bytes with positions. Its capacity is a power of two, and therefore divides `WRAP` +
 * 1.
 */
export class ByteRing {
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Position of the oldest byte that is kept, and of the next one. */
  #first = 0;
  #next = 0;

  /** Copies a message. Returns its position, or -1 if the ring is full, at 256 MiB. */
  push(message: Uint8Array): number {
    const { length } = message;
    const needed = ((this.#next - this.#first) & WRAP) + 2 * length;
    if (needed > this.#bytes.length && !this.#grow(needed)) return -1;
    const capacity = this.#bytes.length, at = this.#next & (capacity - 1);
    // A message must not be split at the end of the buffer.
    if (at + length > capacity) this.#next = (this.#next + capacity - at) & WRAP;
    const position = this.#next;
    this.#bytes.set(message, position & (capacity - 1));
    this.#next = (position + length) & WRAP;
    return position;
  }

  /** Returns a copy of the message at a position. */
  read(position: number, length: number): Uint8Array {
    const at = position & (this.#bytes.length - 1);
    return this.#bytes.slice(at, at + length);
  }

  /** Frees the oldest messages, up to one of this position and length. */
  freeTo(position: number, length: number): void {
    this.#first = (position + length) & WRAP;
  }

  /** Removes all messages, and releases a large buffer. */
  clear(): void {
    this.#first = this.#next;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  #grow(needed: number): boolean {
    const old = this.#bytes, kept = (this.#next - this.#first) & WRAP;
    let capacity = old.length;
    while (needed > capacity) capacity *= 2;
    if (capacity > MAX_BYTES) return false;
    const bytes = new Uint8Array(capacity);
    // Positions stay the same, so each piece moves to the place of its position in the new buffer.
    for (let done = 0; done < kept;) {
      const position = this.#first + done;
      const from = position & (old.length - 1), to = position & (capacity - 1);
      const run = Math.min(old.length - from, capacity - to, kept - done);
      bytes.set(old.subarray(from, from + run), to);
      done += run;
    }
    this.#bytes = bytes;
    return true;
  }
}
