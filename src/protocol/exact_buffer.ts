/**
 * Memory for messages that come in several chunks or frames.
 *
 * @module
 */
import { MAX_HEADER_BYTES } from "./frame_header.ts";

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
 * Up to this size messages of one chunk may share its memory: nobody transfers 4 KiB to
 * another thread, which would take the other messages along.
 */
const MAX_SHARED_BYTES = 4 * 1024;
/** What a small message that is kept may keep with it. */
const MAX_SHARED_CHUNK_BYTES = 64 * 1024;

/**
 * Whether a payload may be given as it lies in its chunk, and not copied: a small one of at
 * least `minSharedBytes` with its neighbours, a large one alone. What lies around a large one
 * would be gone with it when its receiver transfers the buffer.
 */
export function canStay(
  chunk: Uint8Array,
  start: number,
  end: number,
  minSharedBytes: number,
): boolean {
  const length = end - start;
  if (length <= MAX_SHARED_BYTES) {
    return length >= minSharedBytes && chunk.length <= MAX_SHARED_CHUNK_BYTES;
  }
  const isAlone = start <= MAX_HEADER_BYTES && end === chunk.length;
  return isAlone && length * 2 >= chunk.buffer.byteLength;
}
