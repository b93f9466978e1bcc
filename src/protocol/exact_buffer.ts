/**
 * Memory for messages that arrive in several chunks or frames.
 *
 * @module
 */
import { concat } from "../bytes.ts";
import { MAX_HEADER_BYTES } from "./frame_header.ts";

/** Most that the memory of a message of unknown length grows by at once: 1 MiB. */
const MAX_GROWTH_BYTES = 1024 * 1024;

/** From this length on a frame must have begun to arrive before its memory is allocated. */
const MIN_DECLARED_BYTES = 64 * 1024;
/** This many bytes count as begun. A frame that arrives fast has more in its first chunk. */
const ENOUGH_BYTES = 16 * 1024;

/**
 * Collects bytes. A frame's length is known before its payload, so a message of one frame is
 * written into a buffer of exactly its size. Only a message of several frames grows, so a million
 * tiny fragments take little more memory than their bytes.
 */
export class ExactBuffer {
  readonly #maxBytes: number;
  #full: Uint8Array[] | null = null; // earlier buffers, in order; each is full
  #bytes: Uint8Array | null = null; // the buffer that is being filled
  #at = 0; // how far it is filled
  #length = 0;
  #isInFrame = false;
  // Bytes of the current frame to make space for; 0 or less if its length is not known.
  #missingBytes = 0;
  // Length of a large frame that has hardly begun; its memory is allocated later.
  #declaredBytes = 0;

  /**
   * Never allocates for more than `maxBytes`. The owner has to check the lengths of frames first.
   */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Number of bytes collected. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds `chunk[start, end)`, which belongs to a frame of `frameBytes` (`null` if the length is
   * not known); `last` ends that frame.
   */
  append(
    chunk: Uint8Array,
    start: number,
    end: number,
    frameBytes: number | null,
    last: boolean,
  ): void {
    if (!this.#isInFrame) this.#missingBytes = frameBytes ?? 0;
    this.#isInFrame = !last;
    let at = start;
    let bytes = this.#bytes ?? this.#begin(end - start);
    while (at < end) {
      if (this.#at === bytes.length) bytes = this.#grow(bytes, end - at);
      const size = Math.min(end - at, bytes.length - this.#at);
      if (!this.#isInPlace(bytes, chunk, at)) {
        bytes.set(size === chunk.length ? chunk : chunk.subarray(at, at + size), this.#at);
      }
      at += size;
      this.#at += size;
      this.#length += size;
      this.#missingBytes -= size;
    }
  }

  /**
   * The memory for the next bytes of the current frame, at most `maxBytes` of it. Bytes read to
   * there need no copy in `append`. `null` between frames.
   */
  readTarget(maxBytes: number): Uint8Array | null {
    let bytes = this.#bytes;
    if (!this.#isInFrame || bytes === null) return null;
    if (this.#at === bytes.length) bytes = this.#grow(bytes, 1);
    return bytes.subarray(this.#at, this.#at + maxBytes);
  }

  #isInPlace(bytes: Uint8Array, chunk: Uint8Array, at: number): boolean {
    return chunk.buffer === bytes.buffer && chunk.byteOffset + at === bytes.byteOffset + this.#at;
  }

  /** Takes the collected bytes, in a buffer of exactly their length. */
  take(): Uint8Array {
    const full = this.#full, bytes = this.#bytes ?? new Uint8Array(0), at = this.#at;
    this.#full = this.#bytes = null;
    this.#at =
      this.#length =
      this.#missingBytes =
      this.#declaredBytes =
        0;
    if (full === null) return bytes.length === at ? bytes : bytes.slice(0, at);
    return concat([...full, bytes.subarray(0, at)]);
  }

  /** Makes the first buffer: for the whole frame, or for the first bytes of a large one. */
  #begin(length: number): Uint8Array {
    const frameBytes = this.#missingBytes;
    const isDeclared = frameBytes > MIN_DECLARED_BYTES && length < ENOUGH_BYTES;
    if (isDeclared) this.#declaredBytes = frameBytes;
    const size = isDeclared ? MIN_DECLARED_BYTES : Math.max(length, frameBytes);
    return this.#bytes = new Uint8Array(size);
  }

  /**
   * Makes space for `needed` bytes or more behind a buffer that is full. Grows by doubling, into a
   * new buffer; `take` joins the earlier ones once, so no byte is copied twice. All buffers
   * together are never larger than the limit, because the earlier ones are full.
   */
  #grow(full: Uint8Array, needed: number): Uint8Array {
    if (this.#declaredBytes > 0) {
      const bytes = this.#bytes = new Uint8Array(this.#declaredBytes);
      bytes.set(full);
      this.#declaredBytes = 0;
      return bytes;
    }
    (this.#full ??= []).push(full);
    const left = this.#maxBytes - this.#length;
    const growth = Math.min(this.#length, left, MAX_GROWTH_BYTES);
    this.#at = 0;
    return this.#bytes = new Uint8Array(Math.max(needed, this.#missingBytes, growth));
  }
}

/**
 * Largest message that may be a view of a chunk with other messages in it: 4 KiB. Transferring
 * such a view to another thread would take the other messages along, and is slower than a copy.
 */
const MAX_SHARED_BYTES = 4 * 1024;
/** Largest chunk that a small message may keep alive: 64 KiB. */
const MAX_SHARED_CHUNK_BYTES = 64 * 1024;

/**
 * Whether a payload may be delivered as a view of its chunk instead of a copy. A small payload of
 * at least `minSharedBytes` may share its chunk. A large one has to be alone in the chunk, because
 * its receiver may transfer the buffer, and that would take its neighbours along.
 */
export function canShareChunk(
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
