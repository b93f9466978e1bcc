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
/** The beginning that is enough: a frame that comes fast has more of it in its first chunk. */
const ENOUGH_BYTES = 16 * 1024;

/**
 * Collects bytes. A frame's length is known before its payload, so a message of one frame is
 * written into a buffer of exactly its size. Only a message of several frames grows, so a million
 * tiny fragments take little more memory than their bytes.
 */
export class ExactBuffer {
  readonly #maxBytes: number;
  #full: Uint8Array[] | null = null; // earlier buffers, in order
  #bytes: Uint8Array | null = null; // the buffer that is being filled
  #at = 0; // how far it is filled
  #length = 0;
  #isInFrame = false;
  #declaredBytes = 0; // length of a frame of which little has come; its memory is allocated later

  /** Never allocates for more than `maxBytes`. The owner has to check the lengths of frames first. */
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
    const length = end - start;
    if (this.#isInFrame || frameBytes === null) this.#grow(length);
    else if (this.#bytes === null && frameBytes > MIN_DECLARED_BYTES && length < ENOUGH_BYTES) {
      this.#declaredBytes = frameBytes;
      this.#bytes = new Uint8Array(MIN_DECLARED_BYTES);
    } else this.#grow(frameBytes);
    this.#isInFrame = !last;
    if (length === 0) return;
    if (!this.#isInPlace(chunk, start)) {
      this.#bytes!.set(
        start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end),
        this.#at,
      );
    }
    this.#at += length;
    this.#length += length;
  }

  /**
   * The memory for the next bytes of the current frame, at most `maxBytes` of it. Bytes read to
   * there need no copy in `append`. `null` between frames.
   */
  readTarget(maxBytes: number): Uint8Array | null {
    if (!this.#isInFrame || this.#bytes === null) return null;
    if (this.#at === this.#bytes.length && this.#declaredBytes > 0) this.#grow(1);
    return this.#bytes.subarray(this.#at, this.#at + maxBytes);
  }

  #isInPlace(chunk: Uint8Array, start: number): boolean {
    const bytes = this.#bytes!;
    return chunk.buffer === bytes.buffer &&
      chunk.byteOffset + start === bytes.byteOffset + this.#at;
  }

  /** Takes the collected bytes, in a buffer of exactly their length. */
  take(): Uint8Array {
    const full = this.#full, bytes = this.#bytes ?? new Uint8Array(0), at = this.#at;
    this.#full = this.#bytes = null;
    this.#at = this.#length = this.#declaredBytes = 0;
    if (full === null) return bytes.length === at ? bytes : bytes.slice(0, at);
    return concat([...full, bytes.subarray(0, at)]);
  }

  /**
   * Makes space for `needed` bytes. Grows by doubling, into a new buffer; `take` joins the earlier
   * ones once, so no byte is copied twice.
   */
  #grow(needed: number): void {
    const old = this.#bytes;
    if (old === null) this.#bytes = new Uint8Array(needed);
    else if (old.length - this.#at < needed && this.#declaredBytes > 0) {
      const bytes = this.#bytes = new Uint8Array(this.#declaredBytes);
      bytes.set(old.subarray(0, this.#at));
      this.#declaredBytes = 0;
    } else if (old.length - this.#at < needed) {
      if (this.#at > 0) (this.#full ??= []).push(old.subarray(0, this.#at));
      const left = this.#maxBytes - this.#length;
      const growth = Math.min(this.#length, left, MAX_GROWTH_BYTES);
      this.#bytes = new Uint8Array(Math.max(needed, growth));
      this.#at = 0;
    }
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
