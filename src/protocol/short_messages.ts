/**
 * The fast path of reading: messages of one short frame that lie whole in their chunk, which
 * nearly all are where many come at once. It takes a third off the time of such a message.
 *
 * @module
 */
import type { Violation } from "./violations.ts";
import type { MessageAssembler } from "./message_assembler.ts";
import type { ResolvedProtocolOptions } from "./protocol_options.ts";
import { readUint32 } from "./frame_header.ts";
import { Opcode } from "./opcode.ts";
import { ANY_OCTETS, applyShortMask, ChunkWords, NOT_ASCII, unmaskedCopy } from "./short_mask.ts";
import { FIN_TEXT, MASKED_HEADER_BYTES, MAX_SHORT_BYTES, TextBatch } from "./text_batch.ts";

/** First byte of a binary message that is one frame and not encoded. */
const FIN_BINARY = 0x80 | Opcode.Binary;

/** Who is told of a message that breaks a rule. */
export interface ShortMessagesHost {
  /** The peer has broken a rule: nothing more is read. */
  found(violation: Violation): false;
}

/** Reads them for one protocol at a time. */
export class ShortMessages {
  readonly #assembler: MessageAssembler;
  readonly #run = new TextBatch();
  #host!: ShortMessagesHost;
  #rules: ResolvedProtocolOptions | null = null;

  constructor(assembler: MessageAssembler) {
    this.#assembler = assembler;
  }

  /** Reads for this protocol from now on. */
  bind(host: ShortMessagesHost, rules: ResolvedProtocolOptions): void {
    this.#host = host;
    if (rules !== this.#rules) this.#run.bind(rules);
    this.#rules = rules;
  }

  /**
   * Reads as many as there are from `start` on, between two frames; everything else is left to
   * the decoder. What is taken can break no rule about frames, and there is nothing to remember.
   * Returns how far it came, or the complement of it (`~`) if the sink wants no more for now.
   */
  read(chunk: Uint8Array, start: number): number {
    const { role, maxMessageBytes, minSharedBytes, minWordsBytes } = this.#rules!;
    const assembler = this.#assembler, run = this.#run, end = chunk.length;
    const maskBit = role === "server" ? 0x80 : 0;
    const headerBytes = maskBit === 0 ? 2 : MASKED_HEADER_BYTES;
    const hasWords = end - start >= minWordsBytes;
    let at = start, runEnd = 0, words: ChunkWords | null = null, wantsMore = true;
    while (end - at >= headerBytes && wantsMore && assembler.isFree) {
      const first = chunk[at]!, length = chunk[at + 1]! ^ maskBit;
      if (first !== FIN_TEXT && first !== FIN_BINARY || length > MAX_SHORT_BYTES) break;
      const from = at + headerBytes, to = from + length;
      if (to > end || length > maxMessageBytes) break;
      const key = maskBit === 0 ? 0 : readUint32(chunk, at + 2), frame = at;
      at = to;
      assembler.beginWhole(first === FIN_TEXT ? "text" : "binary");
      let verdict: boolean | Violation;
      if (frame < runEnd) verdict = assembler.text(run.cut(from, to), chunk, from);
      else if (maskBit === 0) verdict = assembler.whole(chunk, from, to, ANY_OCTETS);
      else if (!hasWords && first === FIN_BINARY && length < minSharedBytes) {
        verdict = assembler.own(unmaskedCopy(chunk, from, to, key));
      } else {
        if (hasWords && words === null) words = new ChunkWords(chunk);
        const octets = applyShortMask(chunk, words, from, to, key);
        if (first === FIN_TEXT && octets < NOT_ASCII && run.canBegin(chunk, to)) {
          runEnd = run.begin(chunk, words, frame, to);
          verdict = assembler.text(run.cut(from, to), chunk, from);
        } else verdict = assembler.whole(chunk, from, to, octets);
      }
      if (typeof verdict !== "boolean") this.#host.found(verdict);
      wantsMore = verdict === true && chunk.length === end;
    }
    if (runEnd > 0) run.finish(chunk, words, at);
    return wantsMore ? at : ~at;
  }
}
