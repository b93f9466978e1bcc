/**
 * Memory for messages that come in several chunks or frames.
 *
 * @module
 */
import { concat, EMPTY_BYTES } from "../bytes.ts";
import { MAX_HEADER_BYTES } from "./frame_header.ts";

/** What a message of unknown length grows by at most: more would be a copy to wait for. */
const MOST_GROWTH_BYTES = 1024 * 1024;

/**
 * Bytes put together. A frame's length is known before its payload, so a message of one
 * frame is written into a buffer of exactly its size; only others ever grow. Many tiny
 * fragments therefore hold their bytes and nothing else.
 */
export class ExactBuffer {
  readonly #maxBytes: number;
  #full: Uint8Array[] | null = null; // what came before `#bytes`
  #bytes: Uint8Array | null = null;
  #at = 0; // where `#bytes` is filled up to
  #length = 0;
  #isInFrame = false;

  /** The buffer never grows beyond `maxBytes`; its owner checks the lengths of frames first. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes put together so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds `chunk[start, end)` of a frame of `frameBytes`, if that is known; `last` ends that frame. */
  append(
    chunk: Uint8Array,
    start: number,
    end: number,
    frameBytes: number | null,
    last: boolean,
  ): void {
    const length = end - start;
    this.#makeRoom(this.#isInFrame || frameBytes === null ? length : frameBytes);
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
   * Where the next bytes of a frame of known length are to lie, at most `mostBytes` of them;
   * `null` between frames. What is written there need not be copied by `append`.
   */
  readTarget(mostBytes: number): Uint8Array | null {
    if (!this.#isInFrame || this.#bytes === null) return null;
    return this.#bytes.subarray(this.#at, this.#at + mostBytes);
  }

  #isInPlace(chunk: Uint8Array, start: number): boolean {
    const bytes = this.#bytes!;
    return chunk.buffer === bytes.buffer &&
      chunk.byteOffset + start === bytes.byteOffset + this.#at;
  }

  /** Gives the bytes away, with no slack behind them. */
  take(): Uint8Array {
    const full = this.#full, bytes = this.#bytes ?? EMPTY_BYTES, at = this.#at;
    this.#full = this.#bytes = null;
    this.#at = this.#length = 0;
    if (full === null) return bytes.length === at ? bytes : bytes.slice(0, at);
    return concat([...full, bytes.subarray(0, at)]);
  }

  /** By as much as there is: so the number of buffers stays small, and no byte is copied twice. */
  #makeRoom(needed: number): void {
    const old = this.#bytes;
    if (old === null) this.#bytes = new Uint8Array(needed);
    else if (old.length - this.#at < needed) {
      if (this.#at > 0) (this.#full ??= []).push(old.subarray(0, this.#at));
      const left = this.#maxBytes - this.#length;
      const growth = Math.min(this.#length, left, MOST_GROWTH_BYTES);
      this.#bytes = new Uint8Array(Math.max(needed, growth));
      this.#at = 0;
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
