/**
 * Puts frames together to messages (RFC 6455 section 5.4), or passes their parts on,
 * and checks the UTF-8 of text (section 8.1). Never holds more than one message, and of
 * that never more than the limit.
 *
 * @module
 */
import type { MessageType } from "../handler.ts";
import type { Step } from "./frame_decoder.ts";
import type { FrameHeader } from "./frame_header.ts";
import type { MessageCodec } from "./message_codec.ts";
import type { Delivery, MessageHead, ProtocolSink } from "./protocol_sink.ts";
import { type Violation, Violations } from "./check_header.ts";
import { canStay, ExactBuffer } from "./exact_buffer.ts";
import { Opcode } from "./opcode.ts";
import { TextPieces } from "./text_pieces.ts";
import { decodeUtf8, decodeValidUtf8 } from "./utf8.ts";

/** What an assembler is made of. */
export interface AssemblerOptions {
  /** Receives the messages. */
  readonly sink: ProtocolSink;
  /** Limit of a whole message (and of one fragment), in bytes after decoding. */
  readonly maxMessageBytes: number;
  /** From this many bytes on small messages share the memory of their chunk. */
  readonly minSharedBytes: number;
  /** Decodes messages with RSV1, where an extension was agreed on. */
  readonly codec: MessageCodec | null;
}

/** Assembles the messages of one connection. */
export class MessageAssembler {
  readonly #options: AssemblerOptions;
  #delivery: Delivery = "message";
  #type: MessageType = "binary";
  #isEncoded = false;
  #isOpen = false; // continuation frames are to come
  #isFinal = true; // the frame in progress is the last of its message
  #isFirst = true; // no payload of the message has been seen
  #held: ExactBuffer | null = null; // what is put together, while it is incomplete
  #text: TextPieces | null = null; // UTF-8 state of a text that comes in parts
  #isDiscarding = false;
  #isShared = false; // the sink was given messages that lie in the chunk

  constructor(options: AssemblerOptions) {
    this.#options = options;
  }

  /** Whether the next data frame must be a continuation. */
  get isMessageOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether messages were given to the sink as they lie in the chunk since `beginChunk`. */
  get hasSharedChunk(): boolean {
    return this.#isShared;
  }

  /** What follows lies in another chunk. */
  beginChunk(): void {
    this.#isShared = false;
  }

  /** Drops the message in progress and all that follow: nobody will read them. */
  discard(): void {
    this.#isDiscarding = true;
    this.discardMessage();
  }

  /** Drops the rest of the message in progress only. */
  discardMessage(): void {
    this.#delivery = "discard";
    this.#held = null;
    this.#text = null;
  }

  /** Takes the header of a data frame that has passed `checkFrameHeader`. */
  beginFrame(header: FrameHeader, available: number): Step | Violation {
    const { payloadLength, fin } = header;
    if (header.opcode !== Opcode.Continuation) {
      const delivery = this.#chooseDelivery(header, available);
      if (delivery === "wait") return "wait";
      this.#delivery = delivery;
      this.#type = header.opcode === Opcode.Text ? "text" : "binary";
      this.#isEncoded = header.rsv !== 0;
      this.#isFirst = true;
    }
    if (this.#delivery === "message" || this.#delivery === "fragment") {
      const heldBytes = this.#held === null ? 0 : this.#held.length;
      if (heldBytes + payloadLength > this.#options.maxMessageBytes) {
        return Violations.messageTooBig;
      }
    }
    this.#isFinal = fin;
    this.#isOpen = !fin;
    return "go";
  }

  /** Takes payload; `false` when the sink wants no more for now, a violation to fail the connection. */
  payload(
    header: FrameHeader,
    chunk: Uint8Array,
    start: number,
    end: number,
    last: boolean,
  ): boolean | Violation {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#delivery === "message") {
      if (isFirst && last && this.#isFinal) return this.#wholeMessage(chunk, start, end);
      return this.#partOfMessage(header, chunk, start, end, last);
    }
    if (this.#delivery === "discard") return true;
    if (this.#delivery === "fragment") {
      return this.#partOfFragment(header, chunk, start, end, last);
    }
    if (!this.#check(chunk, start, end)) return Violations.notUtf8;
    return this.#pass(chunk, start, end, last && this.#isFinal);
  }

  #chooseDelivery(header: FrameHeader, available: number): Delivery {
    if (this.#isDiscarding) return "discard";
    const { payloadLength, fin } = header;
    if (fin && payloadLength <= available && payloadLength <= this.#options.maxMessageBytes) {
      return "message"; // it lies whole in the chunk: the sink need not be asked
    }
    const head: MessageHead = {
      type: header.opcode === Opcode.Text ? "text" : "binary",
      isWhole: fin,
      frameBytes: payloadLength,
      isEncoded: header.rsv !== 0,
    };
    const delivery = this.#options.sink.beginMessage(head);
    // A codec works on whole messages, so an encoded one is put together first.
    return head.isEncoded && (delivery === "fragment" || delivery === "piece")
      ? "message"
      : delivery;
  }

  /** The fast path: no state, no copy but the one that makes the bytes the handler's own. */
  #wholeMessage(chunk: Uint8Array, start: number, end: number): boolean | Violation {
    if (this.#isEncoded) return this.#decode(chunk.subarray(start, end));
    const { sink } = this.#options;
    if (this.#type === "binary") return sink.message(this.#own(chunk, start, end));
    const text = decodeUtf8(chunk, start, end);
    return text === null ? Violations.notUtf8 : sink.message(text);
  }

  #partOfMessage(
    header: FrameHeader,
    chunk: Uint8Array,
    start: number,
    end: number,
    last: boolean,
  ): boolean | Violation {
    const held = this.#hold(header, chunk, start, end, last);
    if (!this.#isEncoded && !this.#check(chunk, start, end)) return Violations.notUtf8;
    if (!last || !this.#isFinal) return true;
    const bytes = held.take(), text = this.#text;
    this.#held = this.#text = null;
    if (this.#isEncoded) return this.#decode(bytes);
    if (text === null) return this.#options.sink.message(bytes);
    return text.isComplete
      ? this.#options.sink.message(decodeValidUtf8(bytes))
      : Violations.notUtf8;
  }

  #partOfFragment(
    header: FrameHeader,
    chunk: Uint8Array,
    start: number,
    end: number,
    last: boolean,
  ): boolean | Violation {
    if (!this.#check(chunk, start, end)) return Violations.notUtf8;
    if (this.#held === null && last) return this.#pass(chunk, start, end, this.#isFinal);
    const held = this.#hold(header, chunk, start, end, last);
    if (!last) return true;
    const bytes = held.take();
    this.#held = null;
    return this.#pass(bytes, 0, bytes.length, this.#isFinal);
  }

  /** Passes a checked part of a message on. */
  #pass(chunk: Uint8Array, start: number, end: number, final: boolean): boolean | Violation {
    const { sink } = this.#options;
    if (this.#type === "binary") {
      return end > start || final || this.#delivery === "fragment"
        ? sink.fragment(this.#own(chunk, start, end), final)
        : true;
    }
    const pieces = this.#textPieces();
    if (final && !pieces.isComplete) return Violations.notUtf8;
    const text = pieces.decode(chunk, start, end, final);
    if (final) this.#text = null;
    return text.length > 0 || final || this.#delivery === "fragment"
      ? sink.fragment(text, final)
      : true;
  }

  /** Makes a part of a chunk the sink's own. */
  #own(chunk: Uint8Array, start: number, end: number): Uint8Array {
    if (!canStay(chunk, start, end, this.#options.minSharedBytes)) return chunk.slice(start, end);
    this.#isShared = true;
    return start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
  }

  #hold(
    header: FrameHeader,
    chunk: Uint8Array,
    start: number,
    end: number,
    last: boolean,
  ): ExactBuffer {
    const held = this.#held ??= new ExactBuffer(this.#options.maxMessageBytes);
    held.append(chunk, start, end, header.payloadLength, last);
    return held;
  }

  /** Whether a part of a message can be what its type says; text is UTF-8 across all parts. */
  #check(chunk: Uint8Array, start: number, end: number): boolean {
    return this.#type === "binary" || this.#textPieces().check(chunk, start, end);
  }

  #textPieces(): TextPieces {
    return this.#text ??= new TextPieces();
  }

  #decode(payload: Uint8Array): boolean | Violation {
    const { codec, sink, maxMessageBytes } = this.#options;
    if (codec === null) return Violations.reservedBits;
    const bytes = codec.decode(payload, maxMessageBytes);
    if (!(bytes instanceof Uint8Array)) return bytes;
    if (this.#type === "binary") return sink.message(bytes);
    const text = decodeUtf8(bytes, 0, bytes.length);
    return text === null ? Violations.notUtf8 : sink.message(text);
  }
}
