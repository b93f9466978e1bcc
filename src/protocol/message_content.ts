/**
 * What a message says: its payload, decoded if it was encoded. Checked for UTF-8 (RFC 6455
 * section 8.1) as it comes, and passed on whole, frame by frame, or as it comes.
 *
 * @module
 */
import type { MessageType } from "../message.ts";
import { type Violation, Violations } from "./violations.ts";
import type { ResolvedProtocolOptions } from "./protocol_options.ts";
import type { Delivery, ProtocolSink } from "./protocol_sink.ts";
import { echoCache } from "./echo_cache.ts";
import { canStay, ExactBuffer } from "./exact_buffer.ts";
import { NOT_ASCII } from "./short_mask.ts";
import { IncrementalText } from "./incremental_text.ts";
import { decodeShortAscii, decodeUtf8, decodeValidUtf8, type TextAcceleration } from "./utf8.ts";

/** A text of unknown length is decoded in pieces of this size. */
const TEXT_PIECE_BYTES = 64 * 1024;

/** Some of a message: `bytes[start, end)`. */
export interface ContentPart {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Length of the frame that it is of; `null` when nobody knows, since it was decoded. */
  readonly frameBytes: number | null;
  readonly endsFrame: boolean;
  readonly endsMessage: boolean;
}

/** The content of the message that is arriving. */
export class MessageContent {
  /** Whether a message was given to the sink as it lies in its chunk; its owner sets it back. */
  isShared = false;
  #sink!: ProtocolSink;
  #maxMessageBytes = 0;
  #minSharedBytes = Infinity;
  #decodeAscii: NonNullable<TextAcceleration["decodeAscii"]> = decodeShortAscii;
  #isFastWriter = false; // texts are encoded as quickly as copied
  #type: MessageType = "binary";
  #delivery: Delivery = "message";
  #held: ExactBuffer | null = null; // what is put together, while it is incomplete
  #text: IncrementalText | null = null; // UTF-8 state of a text that comes in parts
  #said = ""; // the beginning of a text of unknown length
  #saidBytes = 0;

  /** What it says is for this sink from now on. */
  bind(
    sink: ProtocolSink,
    { maxMessageBytes, minSharedBytes, textAcceleration }: ResolvedProtocolOptions,
  ): void {
    this.#sink = sink;
    this.#decodeAscii = textAcceleration?.decodeAscii ?? decodeShortAscii;
    this.#isFastWriter = textAcceleration?.writeUtf8 !== undefined;
    this.#maxMessageBytes = maxMessageBytes;
    this.#minSharedBytes = minSharedBytes;
    this.#forget(); // whatever happened: nothing of one connection may reach another
  }

  get type(): MessageType {
    return this.#type;
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  /** A message begins. */
  begin(type: MessageType, delivery: Delivery): void {
    this.#type = type;
    this.#delivery = delivery;
  }

  /** Drops what there is of the message, and what is still to come. */
  discard(): void {
    this.#delivery = "discard";
    this.#forget();
  }

  /** Whether there is room for so much more. What is passed on at once is not limited. */
  hasRoomFor(bytes: number): boolean {
    if (this.#delivery !== "message" && this.#delivery !== "fragment") return true;
    return this.#saidBytes + (this.#held?.length ?? 0) + bytes <= this.#maxMessageBytes;
  }

  /** A whole message that lies in a chunk with others; `octets` are all of its bytes, or-ed. */
  wholeIn(chunk: Uint8Array, start: number, end: number, octets: number): boolean | Violation {
    if (this.#type === "binary") return this.#sink.onMessage(this.#own(chunk, start, end));
    if (octets >= NOT_ASCII) return this.#wholeText(chunk, start, end);
    const text = this.#decodeAscii(chunk, start, end);
    return this.#isFastWriter ? this.#sink.onMessage(text) : this.textIn(text, chunk, start);
  }

  /** A whole text made of ASCII from `chunk[start]` on, whose bytes are copied if it is sent on meanwhile. */
  textIn(text: string, chunk: Uint8Array, start: number): boolean {
    echoCache.begin(text, chunk, start);
    try {
      return this.#sink.onMessage(text);
    } finally {
      echoCache.end();
    }
  }

  /** A whole message whose bytes are given away. */
  whole(bytes: Uint8Array): boolean | Violation {
    if (this.#delivery === "discard") return true;
    return this.#type === "binary"
      ? this.#sink.onMessage(bytes)
      : this.#wholeText(bytes, 0, bytes.length);
  }

  /** Where the next bytes of the frame in progress can be read to, at most `mostBytes` of them. */
  readTarget(mostBytes: number): Uint8Array | null {
    return this.#held === null ? null : this.#held.readTarget(mostBytes);
  }

  /** Takes a part; `false` when the sink wants no more for now, a violation to fail the connection. */
  part(part: ContentPart): boolean | Violation {
    if (this.#delivery === "discard") return true;
    if (!this.#check(part)) return Violations.notUtf8;
    if (this.#delivery === "message") return this.#partOfMessage(part);
    if (this.#delivery === "fragment") return this.#partOfFragment(part);
    return this.#pass(part);
  }

  #forget(): void {
    this.#held = null;
    this.#text = null;
    this.#said = "";
    this.#saidBytes = 0;
  }

  #wholeText(bytes: Uint8Array, start: number, end: number): boolean | Violation {
    const text = decodeUtf8(bytes, start, end);
    return text === null ? Violations.notUtf8 : this.#sink.onMessage(text);
  }

  #partOfMessage(part: ContentPart): boolean | Violation {
    const held = this.#hold(part);
    if (held === null) return Violations.messageTooBig;
    const text = this.#text;
    const isLong = text !== null && part.frameBytes === null && held.length >= TEXT_PIECE_BYTES;
    if (!part.endsMessage) {
      if (isLong) this.#say(held.take(), text);
      return true;
    }
    const said = this.#said, bytes = held.take();
    const rest = text === null || !text.isComplete ? null : this.#lastText(bytes, text);
    this.#forget();
    if (text === null) return this.#sink.onMessage(bytes);
    return rest === null ? Violations.notUtf8 : this.#sink.onMessage(said + rest);
  }

  /** Decodes the beginning of a long text, so that its end is not all the work at once. */
  #say(bytes: Uint8Array, text: IncrementalText): void {
    this.#said += text.decode(bytes, 0, bytes.length, false);
    this.#saidBytes += bytes.length;
  }

  #lastText(bytes: Uint8Array, text: IncrementalText): string {
    if (this.#saidBytes === 0) return decodeValidUtf8(bytes);
    return text.decode(bytes, 0, bytes.length, true);
  }

  #partOfFragment(part: ContentPart): boolean | Violation {
    if (this.#held === null && part.endsFrame) return this.#pass(part);
    const held = this.#hold(part);
    if (held === null) return Violations.messageTooBig;
    if (!part.endsFrame) return true;
    const bytes = held.take();
    this.#held = null;
    return this.#pass({ ...part, bytes, start: 0, end: bytes.length });
  }

  /** Passes a checked part on. */
  #pass({ bytes, start, end, frameBytes, endsMessage }: ContentPart): boolean | Violation {
    const isWanted = endsMessage || this.#delivery === "fragment"; // even if it is empty
    if (this.#type === "binary") {
      return end > start || isWanted
        ? this.#sink.onFragment(
          frameBytes === null ? bytes : this.#own(bytes, start, end),
          endsMessage,
        )
        : true;
    }
    const pieces = this.#textPieces();
    if (endsMessage && !pieces.isComplete) return Violations.notUtf8;
    const text = pieces.decode(bytes, start, end, endsMessage);
    if (endsMessage) this.#text = null;
    return text.length > 0 || isWanted ? this.#sink.onFragment(text, endsMessage) : true;
  }

  /** Makes a part of a chunk the sink's own. */
  #own(chunk: Uint8Array, start: number, end: number): Uint8Array {
    if (!canStay(chunk, start, end, this.#minSharedBytes)) return chunk.slice(start, end);
    this.isShared = true;
    if (start === 0 && end === chunk.length) return chunk;
    // V8: 28 ns, and 41 for `subarray`, which looks for a species.
    return new Uint8Array(chunk.buffer, chunk.byteOffset + start, end - start);
  }

  /** Adds to what is put together; `null` when it does not fit. */
  #hold({ bytes, start, end, frameBytes, endsFrame }: ContentPart): ExactBuffer | null {
    if (!this.hasRoomFor(end - start)) return null;
    const held = this.#held ??= new ExactBuffer(this.#maxMessageBytes);
    held.append(bytes, start, end, frameBytes, endsFrame);
    return held;
  }

  /** Whether a part can be what its type says; text is UTF-8 across all parts. */
  #check({ bytes, start, end }: ContentPart): boolean {
    return this.#type === "binary" || this.#textPieces().check(bytes, start, end);
  }

  #textPieces(): IncrementalText {
    return this.#text ??= new IncrementalText();
  }
}
