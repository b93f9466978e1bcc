/**
 * Small binary messages behind one another: a copy of each costs no buffer of its own.
 *
 * @module
 */

const FIRST_BYTES = 1_024;
/** An empty ring keeps no more than this. */
const KEPT_BYTES = 64 * 1024;

/** A queue of bytes, by positions that only grow. */
export class ByteRing {
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Position of the oldest byte that is kept, and of the next one. */
  #first = 0;
  #next = 0;

  /** Copies a message. Returns its position. */
  push(message: Uint8Array): number {
    const { length } = message;
    if (this.#next - this.#first + 2 * length > this.#bytes.length) this.#grow(length);
    const capacity = this.#bytes.length;
    let at = this.#next % capacity;
    if (at + length > capacity) { // it must lie in one piece
      this.#next += capacity - at;
      at = 0;
    }
    if (length <= 64) { for (let i = 0; i < length; i++) this.#bytes[at + i] = message[i]!; }
    else this.#bytes.set(message, at);
    const position = this.#next;
    this.#next += length;
    return position;
  }

  /** A copy of what lies at a position. */
  read(position: number, length: number): Uint8Array {
    const at = position % this.#bytes.length;
    return this.#bytes.slice(at, at + length);
  }

  /** Frees everything before a position. */
  free(position: number): void {
    this.#first = position;
  }

  /** Frees everything, and what has grown. */
  clear(): void {
    this.#first = this.#next;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  #grow(length: number): void {
    const old = this.#bytes, kept = this.#next - this.#first;
    let capacity = old.length;
    while (kept + 2 * length > capacity) capacity *= 2;
    if (capacity === old.length) return;
    const bytes = new Uint8Array(capacity);
    // Positions stay: each piece moves to where its position lies now.
    for (let position = this.#first; position < this.#next;) {
      const from = position % old.length, to = position % capacity;
      const run = Math.min(old.length - from, capacity - to, this.#next - position);
      bytes.set(old.subarray(from, from + run), to);
      position += run;
    }
    this.#bytes = bytes;
  }
}
