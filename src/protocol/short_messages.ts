/**
 * The fast path of reading: messages of one short frame that lie whole in their chunk, as nearly
 * all do when many arrive at once. It takes a third off the time of such a message.
 *
 * A message takes one of five ways, which differ in speed only:
 *
 * | case | condition                                        | unmasked by              | delivered by |
 * | ---- | ------------------------------------------------ | ------------------------ | ------------ |
 * | 1    | the text belongs to a batch decoded before       | the batch                | `deliverText`: a substring |
 * | 2    | not masked (client role)                         | -                        | `deliverContained` |
 * | 3    | small binary in a chunk without a view of words  | `unmaskedCopy`           | `deliverBytes` |
 * | 4    | ASCII text, and another text follows             | `applyShortMask`, a batch for those behind | `deliverText` |
 * | 5    | everything else                                  | `applyShortMask`         | `deliverContained` |
 *
 * `FrameDecoder` would give the same messages. tests/fuzz/protocol_fuzz_test.ts shows it for
 * random streams, by cutting them so that none or some of the frames take the fast path.
 *
 * @module
 */
import type { MessageAssembler } from "./message_assembler.ts";
import type { ResolvedProtocolOptions } from "./protocol_options.ts";
import type { ReaderHost } from "./reader_host.ts";
import { readUint32 } from "./frame_header.ts";
import { Opcode } from "./opcode.ts";
import { applyShortMask, ChunkWords, NOT_ASCII, UNKNOWN_BITS, unmaskedCopy } from "./short_mask.ts";
import { FIN_TEXT, MASKED_HEADER_BYTES, MAX_SHORT_BYTES, TextBatch } from "./text_batch.ts";
import type { Verdict } from "./violations.ts";

/** First byte of a binary message that is one frame and not encoded. */
const FIN_BINARY = 0x80 | Opcode.Binary;

/** Reads short messages for one protocol at a time. */
export class ShortMessages {
  /** Whether `read` may be followed by more reading; `false` if the sink wants no more for now. */
  wantsMore = true;
  readonly #assembler: MessageAssembler;
  readonly #batch = new TextBatch();
  #host: ReaderHost;
  #options: ResolvedProtocolOptions;

  constructor(assembler: MessageAssembler, host: ReaderHost, options: ResolvedProtocolOptions) {
    this.#assembler = assembler;
    this.#host = host;
    this.#options = options;
    this.#batch.bind(options);
  }

  /** Binds the object to another protocol, for which it reads from now on. */
  bind(host: ReaderHost, options: ResolvedProtocolOptions): void {
    this.#host = host;
    if (options !== this.#options) this.#batch.bind(options);
    this.#options = options;
  }

  /**
   * Reads short messages from `start` on, which has to be between two frames, and stops before
   * anything else. It needs no check of headers and keeps no state, because it takes only frames
   * that are complete and break no rule. Returns the offset that it reached.
   */
  read(chunk: Uint8Array, start: number): number {
    const { role, maxMessageBytes, minSharedBytes, minWordsBytes } = this.#options;
    const assembler = this.#assembler, batch = this.#batch, end = chunk.length;
    const maskBit = role === "server" ? 0x80 : 0;
    const headerBytes = maskBit === 0 ? 2 : MASKED_HEADER_BYTES;
    const hasWords = end - start >= minWordsBytes;
    let at = start, batchEnd = 0, words: ChunkWords | null = null, wantsMore = true;
    while (end - at >= headerBytes && wantsMore && assembler.isBetweenMessages) {
      const first = chunk[at]!, length = chunk[at + 1]! ^ maskBit;
      if (first !== FIN_TEXT && first !== FIN_BINARY || length > MAX_SHORT_BYTES) break;
      const from = at + headerBytes, to = from + length;
      if (to > end || length > maxMessageBytes) break;
      const key = maskBit === 0 ? 0 : readUint32(chunk, at + 2), frame = at;
      at = to;
      assembler.beginContained(first === FIN_TEXT ? "text" : "binary");
      let verdict: Verdict;
      if (frame < batchEnd) verdict = assembler.deliverText(batch.cut(from, to), chunk, from, to);
      else if (maskBit === 0) verdict = assembler.deliverContained(chunk, from, to, UNKNOWN_BITS);
      else if (!hasWords && first === FIN_BINARY && length < minSharedBytes) {
        verdict = assembler.deliverBytes(unmaskedCopy(chunk, from, to, key));
      } else {
        if (hasWords && words === null) words = new ChunkWords(chunk);
        const bits = applyShortMask(chunk, words, from, to, key);
        if (first === FIN_TEXT && bits < NOT_ASCII && batch.canBegin(chunk, to)) {
          batchEnd = batch.begin(chunk, words, frame, to);
          verdict = assembler.deliverText(batch.cut(from, to), chunk, from, to);
        } else verdict = assembler.deliverContained(chunk, from, to, bits);
      }
      if (typeof verdict !== "string") this.#host.onViolation(verdict);
      wantsMore = verdict === "more" && chunk.length === end;
    }
    if (batchEnd > 0) batch.finish(chunk, words, at);
    this.wantsMore = wantsMore;
    return at;
  }
}
