/**
 * Mutants of `src/protocol`.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const of = (name: string, changes: Parameters<typeof mutantsOf>[1]): readonly Mutant[] =>
  mutantsOf(`src/protocol/${name}.ts`, changes);

/** Rules about frames, messages and Close. */
const RULES: readonly Mutant[] = [
  ...of("check_header", [
    ['header.masked !== (context.role === "server")', "false"],
    ["opcode === 1 || opcode === 2 ? context.extensionBits : 0", "context.extensionBits"],
    ["opcode > 10", "opcode > 11"],
    ["header.payloadLength > 125", "header.payloadLength > 126"],
    ["if (opcode > 2)", "if (opcode > 3)"],
    ["lengthBytes === 2 ? 126", "lengthBytes === 2 ? 125"],
    [": 0x1_0000;", ": 0xffff;"],
    ["payloadLength > Number.MAX_SAFE_INTEGER", "payloadLength >= Number.MAX_SAFE_INTEGER"],
  ]),
  ...of("close_code", [
    ["code <= 4999", "code <= 5000"],
    ["code <= 1014", "code <= 1015"],
    ["code !== 1004 && ", ""],
  ]),
  ...of("control_payload", [
    ["if (payload.length === 1) return Violations.closeTooShort;", ""],
    ["text.length > MAX_CONTROL_BYTES - 2", "text.length > MAX_CONTROL_BYTES"],
    ["decodeUtf8(payload, 2, payload.length) === null", "false"],
  ]),
  ...of("protocol_state", [
    ['closing: { receiveClose: "closed"', 'closing: { receiveClose: "closing"'],
    ['fail: "failed", end: "lost" },\n  closed', 'end: "lost" },\n  closed'],
  ]),
  ...of("protocol_options", [
    ["last.maxMessageBytes === maxMessageBytes", "true"],
    ["last.tuning === tuning", "true"],
    ["last.role === role", "true"],
    ["options.maskingKeys === undefined", "false"],
    ["!(limit >= 0)", "limit < 0"],
  ]),
];

const FRAMES: readonly Mutant[] = [
  ...of("frame_header", [
    ["high >= 0x8000_0000", "high > 0x8000_0000"],
    ["return payloadLength < 126 ?", "return payloadLength <= 126 ?"],
    ["if (payloadLength < 0x1_0000)", "if (payloadLength <= 0x1_0000)"],
    ["if (at + 4 > end) return -1;", "if (at + 3 > end) return -1;"],
    ["else header.maskingKey = 0;", ""],
  ]),
  ...of("frame_decoder", [
    ["this.#position += to - at", "this.#position = to - at"],
    ["if (at === to && !last) return at;", ""],
    ["!wantsMore || chunk.length !== end", "!wantsMore"],
    ["rotateKey(maskingKey, this.#position)", "maskingKey"],
    [": UNKNOWN_BITS;\n", ": 0;\n"],
    [
      "if (last) {\n        this.#hasHeader = this.#hasBegun = false;\n        this.#position = 0;",
      "if (last) {\n        this.#hasHeader = this.#hasBegun = false;",
    ],
    [
      "this.#hasBegun ? this.header.payloadLength - this.#position : 0",
      "this.header.payloadLength - this.#position",
    ],
  ]),
  ...of("frame_encoder", [
    ["return seen <= 0x7f;", "return seen <= 0xff;"],
    ["const MAX_BYTES_PER_UNIT = 3;", "const MAX_BYTES_PER_UNIT = 2;"],
    ["output.bytes.copyWithin(start + size, payloadAt, payloadAt + length);", ""],
    ["output.release(reserved - size - length);", ""],
    ["(bits.rsv1 ? RSV1 : 0)", "0"],
  ]),
  ...of("frame_reader", [
    ["if (last && this.#controlLength === 0)", "if (last)"],
    ["this.#controlLength = 0;\n      return", "return"],
    ["!this.#isReading && this.extensionBits === 0", "this.extensionBits === 0"],
    ["this.#decoder.isIdle &&\n      !this.#assembler.isMessageOpen", "this.#decoder.isIdle"],
    [
      "missingBytes === 0 ? null",
      "missingBytes < 0 ? null",
      "Between frames `ExactBuffer` gives `null` by itself, so the answer is the same. The line saves " +
      "the way there.",
    ],
  ]),
  ...of("mask", [
    ["key = (key << 8) | (key >>> 24);", "key = key << 8;"],
    [
      "whole = count - 7",
      "whole = count - 6",
      "The last turn writes one word behind the end of the typed array, which has no effect.",
    ],
    ["at += words << 2;", "at += words;"],
  ]),
  ...of("mask_key", [
    ["(position & 3) << 3", "(position & 1) << 3"],
    ["((word >>> 8) & 0xff00)", "(word >>> 8)"],
  ]),
  ...of("short_mask", [
    ["if ((seen & NOT_ASCII_WORD) !== 0) bits = UNKNOWN_BITS;", ""],
    ["key = rotateKey(key, before);", ""],
    ["if (from + 2 < end)", "if (from + 3 < end)"],
    ["const NOT_ASCII_WORD = 0x80808080;", "const NOT_ASCII_WORD = 0x80808000;"],
  ]),
  ...of("simd_mask", [
    [
      "bytes.set(scratch.subarray(0, to - at), at);",
      "bytes.set(scratch.subarray(0, to - at - 1), at);",
    ],
    ["swapBytes(key)", "key"],
  ]),
];

const MESSAGES: readonly Mutant[] = [
  ...of("short_messages", [
    [" || length > maxMessageBytes", ""],
    ["length < minSharedBytes", "true"],
    ['wantsMore = verdict === "more" && chunk.length === end;', 'wantsMore = verdict === "more";'],
    ["this.wantsMore = wantsMore;", ""],
    ["wantsMore && assembler.isBetweenMessages", "wantsMore"],
    ["if (to > end", "if (to > end + 1"],
    ["if (options !== this.#options) this.#batch.bind(options);", ""],
  ]),
  ...of("text_batch", [
    ["length > MAX_SHORT_BYTES || to > limit", "length > MAX_SHORT_BYTES || to > chunk.length"],
    [
      "length > MAX_SHORT_BYTES || to > limit",
      "to > limit",
      "`ShortMessages` stops at such a frame by itself, and `finish` masks again what was decoded " +
      "behind it. The line saves that work.",
    ],
    ["applyShortMask(chunk, words, from, to, key); // masks", "// masks"],
    ["while (at < this.#end) {", "while (false) {"],
    [
      'this.#text = ""; // text',
      "// text",
      "The text stays in a pooled object, but no call can reach it: the next batch replaces it before " +
      "`cut` is called. The line keeps memory small and is defence in depth.",
    ],
  ]),
  ...of("echo_cache", [
    ["length < MIN_ECHO_CHARS || text !== this.#text", "text.length !== this.#text.length"],
    ["bytes.byteOffset + start", "start"],
  ]),
  ...of("message_assembler", [
    [
      'payloadLength <= this.#maxMessageBytes && this.#handling !== "dropped"',
      "payloadLength <= this.#maxMessageBytes",
    ],
    [
      'payloadLength <= this.#maxMessageBytes && this.#handling !== "dropped"',
      'this.#handling !== "dropped"',
    ],
    ["this.#isOpen = !fin;", "this.#isOpen ||= !fin;"],
    ["encoded !== null && payloadLength > limit ? Infinity : payloadLength", "payloadLength"],
    ["payloadLength <= available && payloadLength <= limit)", "payloadLength <= available)"],
    [
      "opcode !== Opcode.Continuation && end - start === payloadLength",
      "opcode !== Opcode.Continuation",
    ],
    ["if (!fits) {", "if (false) {"],
    ['this.#handling = "plain";\n    this.#content', "this.#content"],
    ["this.#encoded?.stop();", ""],
    ["this.#encoded?.discardMessage();", ""],
  ]),
  ...of("message_content", [
    ["this.#prefixBytes + (this.#partial", "(this.#partial"],
    ["+ bytes <= this.#maxMessageBytes", "+ bytes < this.#maxMessageBytes"],
    ["if (endsMessage && !incremental.isComplete) return Violations.notUtf8;", ""],
    ["this.#reset(); // content", "// content"],
    ["if (payloadBits >= NOT_ASCII)", "if (false)"],
    ['if (end === start && !isWanted) return "more";', ""],
    ["this.#hasShared = true;", ""],
    ["this.#hasShared = false;", ""],
    ["text === null || !text.isComplete ?", "text === null ?"],
    ["if (!this.#isValid(chunk)) return Violations.notUtf8;", ""],
    [
      'if (this.#delivery === "discard") return "more";\n    return this.#type',
      "return this.#type",
    ],
    ["      echoCache.end();", ""],
    ["if (endsMessage) this.#text = null;", ""],
    [
      "this.#partial = null;\n    return this.#deliverFragment",
      "return this.#deliverFragment",
      "`take` has emptied the buffer, so the messages are the same. The line saves a copy: the next " +
      "fragment that arrives in one chunk is delivered without being collected.",
    ],
  ]),
  ...of("encoded_message", [
    ["this.#encodedBytes += payloadLength;", "this.#encodedBytes = payloadLength;"],
    ["this.#encodedBytes = 0;\n  }", "}"],
    ['delivery === "message" && maxMessageBytes <= ONE_SHOT_DECODED_BYTES', "false"],
    ["payload: payload.slice()", "payload"],
    ["chunk.bytes.slice(chunk.start, chunk.end)", "chunk.bytes.subarray(chunk.start, chunk.end)"],
    ['if (this.#options.content.delivery === "discard") decoder.discard();', ""],
    ["state.chunk !== null && this.#state === state", "state.chunk !== null"],
    ['if (this.#state.name === "decoding") this.#state.decoder.stop();', ""],
    ["state.isWaiting = true;", ""],
    ["state.isWaiting = false;", ""],
    ["if (endsMessage) this.#state = IDLE;", ""],
    ["isSmall ? frameBytes : null", "frameBytes"],
    ['isSmall && this.#options.content.delivery === "message"', "isSmall"],
    ["Math.min(ONE_SHOT_DECODED_BYTES, maxMessageBytes)", "ONE_SHOT_DECODED_BYTES"],
  ]),
  ...of("exact_buffer", [
    [
      "if (!this.#isInFrame) this.#missingBytes = frameBytes ?? 0;",
      "this.#missingBytes = frameBytes ?? 0;",
    ],
    ["chunk.length <= MAX_SHARED_CHUNK_BYTES", "true"],
    ["isAlone && length * 2 >= chunk.buffer.byteLength", "isAlone"],
    ["Math.max(needed, this.#missingBytes, growth)", "Math.max(needed, this.#missingBytes)"],
    ["Math.max(needed, this.#missingBytes, growth)", "Math.max(needed, growth)"],
    ["bytes.length === at ? bytes : bytes.slice(0, at)", "bytes"],
    ["Math.min(this.#length, left, MAX_GROWTH_BYTES)", "Math.min(this.#length, MAX_GROWTH_BYTES)"],
    ["chunk.buffer === bytes.buffer && ", ""],
    ["if (this.#at === bytes.length) bytes = this.#grow(bytes, 1);", ""],
    ["bytes.set(full);", ""],
    ["length < ENOUGH_BYTES", "true"],
  ]),
  ...of("message_writer", [
    ["rsv1: isFirst && this.#encoding", "rsv1: this.#encoding"],
    ["compress ? this.#codec : null;", "this.#codec;"],
    ["if (openType === null || openType === type) return type;", "return type;"],
  ]),
  ...of("message_queue", [
    ["final: isLast && options.final", "final: options.final"],
    ["data : data.slice()", "data : data"],
    ["{ ...next.options, compress: false }", "next.options"],
    ["this.isEmpty ? this.#writer.openType : this.#openType", "this.#openType"],
    ["return this.#length - this.#at;", "return this.#length;"],
    ["!this.isEmpty || (compress", "(compress"],
  ]),
  ...of("utf8", [
    ["this.#highest = 0x9f; // surrogates", "this.#highest = 0xbf;"],
    ["lead === 0xe0 ? second < 0xa0", "lead === 0xe0 ? false"],
    ["if (end - at < 4) return at;", "if (end - at < 3) return at;"],
    ["lead < 0xc2 || lead > 0xf4", "lead < 0xc0 || lead > 0xf4"],
  ]),
];

const PROTOCOL: readonly Mutant[] = [
  ...of("protocol", [
    ["this.#owedPong = this.#output.isCongested ? payload : null;", "this.#owedPong = null;"],
    ['if (this.#state !== "open") reader.discard();', ""],
    ["this.#queue?.writeAll();\n    this.#encoder", "this.#encoder"],
    ["if (start === 0) this.#hasSharedChunk = false;", ""],
    ["return this.#hasEnded() ? chunk.length : at;", "return at;"],
    ["if (this.#violation !== null) this.onViolation(this.#violation);", ""],
    [
      "reader.isIdle && !this.#ignoresInput()",
      "reader.isIdle",
      "An ended protocol reads no more, and `bind` resets a pooled reader. The line keeps the " +
      "reader of a failed connection out of the pool.",
    ],
    ["if (this.#hasEnded()) return false; //", "//"],
    ["if (this.#hasEnded()) return;\n    this.#violation", "this.#violation"],
    ['this.#reader?.discard();\n    this.#move("sendClose")', 'this.#move("sendClose")'],
    ['this.#queue?.clear();\n    this.#move("end")', 'this.#move("end")'],
    ["?.() === false", "?.() === undefined"],
  ]),
];

/** All mutants of `src/protocol`. */
export const PROTOCOL_MUTANTS: readonly Mutant[] = [...RULES, ...FRAMES, ...MESSAGES, ...PROTOCOL];
