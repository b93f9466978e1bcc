/**
 * Memory for messages that come in several chunks or frames.
 *
 * @module
 */

/**
 * Bytes put together in one buffer. A frame's length is known before its payload, so a
 * message of one frame is written into a buffer of exactly its size; only fragmented
 * messages ever grow. Many tiny fragments therefore hold their bytes and nothing else.
 */
export class ExactBuffer {
  readonly #maxBytes: number;
  #bytes: Uint8Array | null = null;
  #length = 0;
  #frameEnd = 0; // where the frame in progress ends
  #isInFrame = false;

  /** The buffer never grows beyond `maxBytes`; its owner checks the lengths of frames first. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes put together so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds `chunk[start, end)` of a frame of `frameBytes`; `last` ends that frame. */
  append(
    chunk: Uint8Array,
    start: number,
    end: number,
    frameBytes: number,
    last: boolean,
  ): void {
    if (!this.#isInFrame) {
      this.#frameEnd = this.#length + frameBytes;
      this.#grow();
    }
    this.#isInFrame = !last;
    if (end === start) return;
    this.#bytes!.set(
      start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end),
      this.#length,
    );
    this.#length += end - start;
  }

  /** Gives the bytes away, with no slack behind them. */
  take(): Uint8Array {
    const bytes = this.#bytes ?? new Uint8Array(0);
    this.#bytes = null;
    return bytes.length === this.#length ? bytes : bytes.slice(0, this.#length);
  }

  #grow(): void {
    const old = this.#bytes, needed = this.#frameEnd;
    if (old === null) this.#bytes = new Uint8Array(needed);
    else if (old.length < needed) {
      const doubled = Math.min(old.length * 2, this.#maxBytes);
      this.#bytes = new Uint8Array(Math.max(needed, doubled));
      this.#bytes.set(old);
    }
  }
}

/**
 * Makes a part of a chunk the receiver's own. A small part is copied: it would keep the
 * whole chunk alive, and show it. A part that is most of its chunk is given as it lies, if
 * nothing follows: the receiver may transfer its buffer away before the rest is decoded.
 */
export function ownBytes(chunk: Uint8Array, start: number, end: number): Uint8Array {
  if (end < chunk.length || (end - start) * 2 < chunk.buffer.byteLength) {
    return chunk.slice(start, end);
  }
  return start === 0 ? chunk : chunk.subarray(start);
}
