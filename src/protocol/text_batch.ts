/**
 * Short texts that lie one behind the other in a chunk: one call decodes them all, headers
 * between them, and each is cut out of what comes of it. V8 cuts in 15 ns, and takes 70 to 85 to
 * decode 64 bytes. A text that is kept keeps its run; so a run is short (`maxBatchBytes`).
 *
 * @module
 */
import type { ResolvedProtocolOptions } from "./protocol_options.ts";
import { readUint32 } from "./frame_header.ts";
import { Opcode } from "./opcode.ts";
import { applyShortMask, type ChunkWords, NOT_ASCII } from "./short_mask.ts";
import { decodeShortAscii, type TextAcceleration } from "./utf8.ts";

/** First byte of a text that is one frame and not encoded. */
export const FIN_TEXT: number = 0x80 | Opcode.Text;
/** Longer payloads have an extended length (RFC 6455 section 5.2). */
export const MAX_SHORT_BYTES = 125;
/** Of a short payload that is masked. */
export const MASKED_HEADER_BYTES = 6;

/** The run that is being delivered. */
export class TextBatch {
  #decodeAscii: NonNullable<TextAcceleration["decodeAscii"]> = decodeShortAscii;
  #maxBatchBytes = 0;
  #text = "";
  #start = 0;
  #end = 0;

  /** By these rules from now on. */
  bind({ textAcceleration }: ResolvedProtocolOptions): void {
    this.#decodeAscii = textAcceleration?.decodeAscii ?? decodeShortAscii;
    this.#maxBatchBytes = textAcceleration?.maxBatchBytes ?? 0;
  }

  /** Whether a text follows at once, behind which there is more of it than a header. */
  canBegin(chunk: Uint8Array, end: number): boolean {
    return this.#maxBatchBytes > 0 && chunk.length - end > MASKED_HEADER_BYTES &&
      chunk[end] === FIN_TEXT;
  }

  /**
   * Begins with the frame `chunk[start, end)`, whose text is unmasked and ASCII, and unmasks all
   * such that follow. Returns where the last of them ends.
   */
  begin(chunk: Uint8Array, words: ChunkWords | null, start: number, end: number): number {
    const limit = Math.min(chunk.length, start + this.#maxBatchBytes);
    let at = end;
    while (limit - at > MASKED_HEADER_BYTES && chunk[at] === FIN_TEXT) {
      const length = chunk[at + 1]! ^ 0x80, from = at + MASKED_HEADER_BYTES, to = from + length;
      if (length > MAX_SHORT_BYTES || to > limit) break;
      const key = readUint32(chunk, at + 2);
      if (applyShortMask(chunk, words, from, to, key) >= NOT_ASCII) {
        applyShortMask(chunk, words, from, to, key); // back, for the one who decodes UTF-8
        break;
      }
      at = to;
    }
    this.#text = this.#decodeAscii(chunk, start, at);
    this.#start = start;
    return this.#end = at;
  }

  /** The text of `chunk[start, end)`. */
  cut(start: number, end: number): string {
    return this.#text.substring(start - this.#start, end - this.#start);
  }

  /** The texts before `next` are delivered; those behind are masked again, and may be read later. */
  finish(chunk: Uint8Array, words: ChunkWords | null, next: number): void {
    let at = next;
    while (at < this.#end) { // in a chunk that was transferred this changes nothing
      const from = at + MASKED_HEADER_BYTES, to = from + (chunk[at + 1]! ^ 0x80);
      applyShortMask(chunk, words, from, to, readUint32(chunk, at + 2));
      at = to;
    }
    this.#text = ""; // nothing of one connection may reach another
    this.#end = 0;
  }
}
