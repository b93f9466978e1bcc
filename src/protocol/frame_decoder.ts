/**
 * Cuts a byte stream into frames (RFC 6455 section 5.2). Chunk boundaries may lie anywhere. Payload
 * is not stored: it is unmasked in place as it arrives, and passed on at once.
 *
 * @module
 */
import { FrameHeader, MAX_HEADER_BYTES, readFrameHeader } from "./frame_header.ts";
import { applyMask, MIN_WORD_MASK_BYTES } from "./mask.ts";
import { rotateKey } from "./mask_key.ts";
import { applyShortMask, ChunkWords, UNKNOWN_BITS } from "./short_mask.ts";

/** In a smaller chunk, a view of the words costs more than it saves. */
export const MIN_WORDS_BYTES = 256;

/** What to do after a header: read the payload, come back later, or read nothing more. */
export type Step = "go" | "wait" | "stop";

/** Receives the frames. */
export interface FrameSink {
  /** A header is complete; `available` bytes of this chunk follow it. */
  beginFrame(header: FrameHeader, available: number): Step;
  /**
   * Unmasked payload `chunk[start, end)`; `last` ends the frame. An empty payload comes as one
   * empty call. Returns `false` to read no further for now.
   */
  onPayload(chunk: Uint8Array, start: number, end: number, last: boolean): boolean;
}

/** The incremental decoder of one connection. */
export class FrameDecoder {
  /** Chunks from this size on are unmasked through a view of their words. */
  minWordsBytes: number = MIN_WORDS_BYTES;
  /** The header of the frame in progress. The same object is reused for every frame. */
  readonly header: FrameHeader = new FrameHeader();
  /** The OR of the payload bytes passed on last: below 0x80 if all are ASCII, 0xff if not known. */
  payloadBits: number = UNKNOWN_BITS;
  readonly #sink: FrameSink;
  #partial: Uint8Array | null = null; // a header that a chunk boundary has cut
  #partialLength = 0;
  #hasHeader = false; // the header is complete, the frame is not
  #hasBegun = false; // the sink has accepted the header
  #position = 0; // payload bytes of the frame passed on so far

  /** Makes a decoder that reports to `sink`. */
  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Whether the decoder is between two frames. */
  get isIdle(): boolean {
    return !this.#hasHeader && this.#partialLength === 0;
  }

  /** Payload bytes of the frame in progress that have not arrived. */
  get missingBytes(): number {
    return this.#hasBegun ? this.header.payloadLength - this.#position : 0;
  }

  /**
   * Decodes `chunk` from `start` on, writing into it. Returns the offset that it reached: less
   * than the chunk's length if the sink told it to wait or to stop, or has emptied the chunk by
   * transferring its buffer.
   */
  decode(chunk: Uint8Array, start: number): number {
    const end = chunk.length;
    const hasWords = end - start >= this.minWordsBytes;
    let at = start, words: ChunkWords | null = null; // made for the first short payload
    for (;;) {
      if (!this.#hasHeader) {
        if (at === end) return at;
        at = this.#readHeader(chunk, at, end);
        if (!this.#hasHeader) return at;
      }
      if (!this.#hasBegun) {
        if (this.#sink.beginFrame(this.header, end - at) !== "go") return at;
        this.#hasBegun = true;
      }
      const left = this.header.payloadLength - this.#position;
      const to = end - at >= left ? at + left : end;
      const last = to - at === left;
      if (at === to && !last) return at;
      const isShort = this.header.masked && to - at < MIN_WORD_MASK_BYTES;
      if (hasWords && words === null && isShort) words = new ChunkWords(chunk);
      this.#unmask(chunk, words, at, to);
      if (last) {
        this.#hasHeader = this.#hasBegun = false;
        this.#position = 0;
      } else this.#position += to - at;
      const wantsMore = this.#sink.onPayload(chunk, at, to, last);
      at = to;
      if (!wantsMore || chunk.length !== end) return at;
    }
  }

  #unmask(chunk: Uint8Array, words: ChunkWords | null, start: number, end: number): void {
    const { masked, maskingKey } = this.header;
    if (masked && end - start < MIN_WORD_MASK_BYTES) {
      const key = rotateKey(maskingKey, this.#position);
      this.payloadBits = applyShortMask(chunk, words, start, end, key);
      return;
    }
    this.payloadBits = masked
      ? applyMask(chunk, start, end, maskingKey, this.#position)
      : UNKNOWN_BITS;
  }

  #readHeader(chunk: Uint8Array, start: number, end: number): number {
    if (this.#partialLength > 0) return this.#completeHeader(chunk, start, end);
    const payload = readFrameHeader(chunk, start, end, this.header);
    if (payload >= 0) {
      this.#hasHeader = true;
      return payload;
    }
    this.#partial ??= new Uint8Array(MAX_HEADER_BYTES);
    this.#partial.set(chunk.subarray(start, end));
    this.#partialLength = end - start;
    return end;
  }

  /** Adds bytes one at a time, because only the bytes read so far tell how long the header is. */
  #completeHeader(chunk: Uint8Array, start: number, end: number): number {
    const partial = this.#partial!;
    for (let at = start; at < end;) {
      partial[this.#partialLength++] = chunk[at++]!;
      if (readFrameHeader(partial, 0, this.#partialLength, this.header) >= 0) {
        this.#partialLength = 0;
        this.#hasHeader = true;
        return at;
      }
    }
    return end;
  }
}
