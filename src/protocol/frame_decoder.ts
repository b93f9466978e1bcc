/**
 * Cuts a byte stream into frames (RFC 6455 section 5.2), in any chunking, without
 * keeping payload: what arrives is unmasked in place and passed on at once.
 *
 * @module
 */
import { FrameHeader, MAX_HEADER_BYTES, readFrameHeader } from "./frame_header.ts";
import { applyMask, WORDS_FROM } from "./mask.ts";
import { rotateKey } from "./mask_key.ts";
import { ANY_OCTETS, applyShortMask, ChunkWords } from "./short_mask.ts";

/** A chunk of fewer bytes has too few short payloads to be worth a view of its words. */
export const MIN_WORDS_BYTES = 256;

/** What to do after a header: read the payload, come back later, or read no more at all. */
export type Step = "go" | "wait" | "stop";

/** Receives the frames. */
export interface FrameSink {
  /** A header is complete; `available` payload bytes follow it in this chunk. */
  beginFrame(header: FrameHeader, available: number): Step;
  /**
   * Payload `chunk[start, end)`, unmasked; `last` ends the frame. An empty payload comes as one
   * empty call. Returns `false` to read no further for now.
   */
  payload(chunk: Uint8Array, start: number, end: number, last: boolean): boolean;
}

/** The incremental decoder of one connection. */
export class FrameDecoder {
  /** From how many bytes on a chunk's words are looked at. */
  minWordsBytes: number = MIN_WORDS_BYTES;
  readonly #sink: FrameSink;
  readonly #header = new FrameHeader();
  #partial: Uint8Array | null = null; // a header that a chunk boundary cut
  #partialLength = 0;
  #hasHeader = false; // #header is complete and its frame not finished
  #hasBegun = false; // the sink has taken the header
  #position = 0; // payload bytes of the frame passed on so far

  /** Makes a decoder that reports to `sink`. */
  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Whether it is between two frames. */
  get isAtRest(): boolean {
    return !this.#hasHeader && this.#partialLength === 0;
  }

  /** Payload bytes of the frame in progress that are still to come. */
  get missingBytes(): number {
    return this.#hasBegun ? this.#header.payloadLength - this.#position : 0;
  }

  /**
   * Decodes `chunk` from `start` on, writing into it. Returns the offset at which the sink
   * told it to wait or stop (or emptied the chunk, by transferring its buffer), or the chunk's
   * length.
   */
  decode(chunk: Uint8Array, start: number): number {
    const end = chunk.length;
    const hasWords = end - start >= this.minWordsBytes;
    let at = start, words: ChunkWords | null = null; // made when a short payload comes
    for (;;) {
      if (!this.#hasHeader) {
        if (at === end) return at;
        at = this.#readHeader(chunk, at, end);
        if (!this.#hasHeader) return at;
      }
      if (!this.#hasBegun) {
        if (this.#sink.beginFrame(this.#header, end - at) !== "go") return at;
        this.#hasBegun = true;
      }
      const left = this.#header.payloadLength - this.#position;
      const to = end - at >= left ? at + left : end;
      const last = to - at === left;
      if (at === to && !last) return at;
      const isShort = this.#header.masked && to - at < WORDS_FROM;
      if (hasWords && words === null && isShort) words = new ChunkWords(chunk);
      this.#unmask(chunk, words, at, to);
      if (last) {
        this.#hasHeader = this.#hasBegun = false;
        this.#position = 0;
      } else this.#position += to - at;
      const goesOn = this.#sink.payload(chunk, at, to, last);
      at = to;
      if (!goesOn || chunk.length !== end) return at;
    }
  }

  #unmask(chunk: Uint8Array, words: ChunkWords | null, start: number, end: number): void {
    const header = this.#header;
    if (header.masked && end - start < WORDS_FROM) {
      const key = rotateKey(header.maskingKey, this.#position);
      header.octets = applyShortMask(chunk, words, start, end, key);
      return;
    }
    header.octets = ANY_OCTETS;
    if (header.masked) applyMask(chunk, start, end, header.maskingKey, this.#position);
  }

  #readHeader(chunk: Uint8Array, start: number, end: number): number {
    if (this.#partialLength > 0) return this.#joinHeader(chunk, start, end);
    const payload = readFrameHeader(chunk, start, end, this.#header);
    if (payload >= 0) {
      this.#hasHeader = true;
      return payload;
    }
    this.#partial ??= new Uint8Array(MAX_HEADER_BYTES);
    this.#partial.set(chunk.subarray(start, end));
    this.#partialLength = end - start;
    return end;
  }

  /** Adds byte by byte, since what belongs to the header shows only as it is read. */
  #joinHeader(chunk: Uint8Array, start: number, end: number): number {
    const partial = this.#partial!;
    for (let at = start; at < end;) {
      partial[this.#partialLength++] = chunk[at++]!;
      if (readFrameHeader(partial, 0, this.#partialLength, this.#header) >= 0) {
        this.#partialLength = 0;
        this.#hasHeader = true;
        return at;
      }
    }
    return end;
  }
}
