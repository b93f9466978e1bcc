/**
 * Joins frames to messages (RFC 6455 section 5.4), or delivers their fragments. It buffers at most
 * one message, up to the limit.
 *
 * @module
 */
import type { MessageType } from "../message.ts";
import type { Step } from "./frame_decoder.ts";
import type { FrameHeader } from "./frame_header.ts";
import type { AgreedCodec } from "./message_codec.ts";
import type { ResolvedProtocolOptions } from "./protocol_options.ts";
import type { Delivery, ProtocolSink } from "./protocol_sink.ts";
import { EncodedMessage } from "./encoded_message.ts";
import { MessageContent } from "./message_content.ts";
import { Opcode } from "./opcode.ts";
import { messageTooBig, type Verdict, type Violation, Violations } from "./violations.ts";

/** The treatment of the current message's payload. */
type Handling =
  /**
   * The message is one frame that lies whole in its chunk and is not encoded. It is delivered at
   * once.
   */
  | "contained"
  /**
   * The message is not encoded. `MessageContent` collects it, or delivers it by fragment or chunk.
   */
  | "plain"
  /** The message is encoded. `EncodedMessage` decodes it for `MessageContent`. */
  | "encoded"
  /**
   * Our Close is sent or the connection has failed: this message and all later ones are dropped.
   */
  | "dropped";

/** Assembles the messages of one connection at a time. */
export class MessageAssembler {
  readonly #content: MessageContent;
  readonly #agreed: AgreedCodec | null;
  #encoded: EncodedMessage | null = null; // with a codec
  #sink: ProtocolSink;
  #maxMessageBytes = 0;
  #handling: Handling = "plain";
  #isOpen = false; // continuation frames are to come

  /** Takes the codec that was agreed on, or `null`. */
  constructor(agreed: AgreedCodec | null, sink: ProtocolSink, options: ResolvedProtocolOptions) {
    this.#agreed = agreed;
    this.#sink = sink;
    this.#content = new MessageContent(sink, options);
    this.bind(sink, options);
  }

  /** Binds the assembler to a connection's sink and options. */
  bind(sink: ProtocolSink, options: ResolvedProtocolOptions): void {
    const { maxMessageBytes } = options;
    this.#sink = sink;
    this.#maxMessageBytes = maxMessageBytes;
    this.#handling = "plain";
    this.#content.bind(sink, options);
    if (this.#agreed === null) return;
    const content = this.#content;
    this.#encoded = new EncodedMessage({ ...this.#agreed, content, sink, maxMessageBytes });
  }

  /** Whether the next data frame must be a continuation. */
  get isMessageOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether a message was a view of its chunk since the last call. */
  consumeSharedFlag(): boolean {
    return this.#content.consumeSharedFlag();
  }

  /** Whether received bytes are not all delivered: `resumeDecoding` comes before the next frame. */
  get isDecoding(): boolean {
    return this.#encoded !== null && this.#encoded.isDecoding;
  }

  /** Whether the codec is still working; `onDecoded` is called when it has output. */
  get isWaiting(): boolean {
    return this.#encoded !== null && this.#encoded.isWaiting;
  }

  /** Drops the message in progress and all later ones. */
  discard(): void {
    this.#handling = "dropped";
    this.#content.discard();
    this.#encoded?.stop();
  }

  /** Drops the rest of the message in progress. */
  discardMessage(): void {
    this.#content.discard();
    this.#encoded?.discardMessage();
  }

  /** Whether a new message may begin, and is wanted. */
  get isBetweenMessages(): boolean {
    return !this.#isOpen && this.#handling !== "dropped";
  }

  /**
   * Begins a message of one plain frame that lies whole in its chunk; only if `isBetweenMessages`.
   */
  beginContained(type: MessageType): void {
    this.#content.begin(type, "message");
  }

  /** Delivers the contained message; its unmasked payload lies in `chunk`. */
  deliverContained(chunk: Uint8Array, start: number, end: number, payloadBits: number): Verdict {
    return this.#content.deliverContained(chunk, start, end, payloadBits);
  }

  /** Delivers the contained message as a text that was decoded from `chunk[start, end)`. */
  deliverText(text: string, chunk: Uint8Array, start: number, end: number): Verdict {
    return this.#content.deliverText(text, chunk, start, end);
  }

  /** Delivers the contained message as bytes that the receiver may keep. */
  deliverBytes(bytes: Uint8Array): Verdict {
    return this.#content.deliverBytes(bytes);
  }

  /** Takes the header of a data frame that has passed `checkFrameHeader`. */
  beginFrame(header: FrameHeader, available: number): Step | Violation {
    const { opcode, payloadLength, fin, rsv } = header;
    if (this.#isContained(header, available)) { // the fast path needs no delivery and no state
      this.#handling = "contained";
      this.#isOpen = false;
      this.beginContained(opcode === Opcode.Text ? "text" : "binary");
      return "go";
    }
    if (opcode !== Opcode.Continuation) {
      const delivery = this.#chooseDelivery(header, available, rsv === 0 ? null : this.#encoded);
      if (delivery === "wait") return "wait";
      this.#content.begin(opcode === Opcode.Text ? "text" : "binary", delivery);
      if (this.#handling !== "dropped") this.#handling = rsv === 0 ? "plain" : "encoded";
      this.#decoding()?.begin();
    }
    const decoding = this.#decoding();
    const fits = decoding === null
      ? this.#content.hasCapacityFor(payloadLength)
      : decoding.beginFrame(payloadLength);
    if (!fits) {
      return decoding === null
        ? messageTooBig(this.#content.collectedBytes + payloadLength)
        : Violations.messageTooBig;
    }
    this.#isOpen = !fin;
    return "go";
  }

  /** Takes payload of the frame in progress; `payloadBits` is the OR of its bytes. */
  onPayload(
    header: FrameHeader,
    chunk: Uint8Array,
    start: number,
    end: number,
    last: boolean,
    payloadBits: number,
  ): Verdict {
    const handling = this.#handling;
    // The fast path: no copy but the one that makes the bytes the handler's own.
    if (handling === "contained") return this.deliverContained(chunk, start, end, payloadBits);
    if (handling === "dropped") return "more";
    const { fin, opcode, payloadLength } = header;
    const content = {
      bytes: chunk,
      start,
      end,
      frameBytes: payloadLength,
      endsFrame: last,
      endsMessage: last && fin,
      payloadBits,
    };
    const decoding = this.#decoding();
    if (decoding === null) return this.#content.onChunk(content);
    const isWhole = fin && opcode !== Opcode.Continuation && end - start === payloadLength;
    return isWhole && this.#content.delivery === "message"
      ? decoding.onWhole(content)
      : decoding.onChunk(content);
  }

  /**
   * Where the next bytes of the frame in progress should be read to, at most `maxBytes` of them.
   */
  readTarget(maxBytes: number): Uint8Array | null {
    return this.#decoding() === null ? this.#content.readTarget(maxBytes) : null;
  }

  /** Delivers the bytes that the codec has decoded meanwhile. */
  resumeDecoding(): Verdict {
    return this.#encoded === null ? "more" : this.#encoded.resume();
  }

  /** The decoding of the current message, if it is encoded. */
  #decoding(): EncodedMessage | null {
    return this.#handling === "encoded" ? this.#encoded : null;
  }

  #isContained({ opcode, payloadLength, fin, rsv }: FrameHeader, available: number): boolean {
    return fin && payloadLength <= available && opcode !== Opcode.Continuation && rsv === 0 &&
      payloadLength <= this.#maxMessageBytes && this.#handling !== "dropped";
  }

  #chooseDelivery(
    { opcode, payloadLength, fin }: FrameHeader,
    available: number,
    encoded: EncodedMessage | null,
  ): Delivery {
    if (this.#handling === "dropped") return "discard";
    const limit = encoded === null ? this.#maxMessageBytes : encoded.oneShotLimit;
    if (fin && payloadLength <= available && payloadLength <= limit) return "message";
    return this.#sink.beginMessage({
      type: opcode === Opcode.Text ? "text" : "binary",
      isWhole: fin,
      frameBytes: encoded !== null && payloadLength > limit ? Infinity : payloadLength,
      isEncoded: encoded !== null,
    });
  }
}
