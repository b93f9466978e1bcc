/**
 * Puts frames together to messages (RFC 6455 section 5.4), or passes their parts on.
 * Never holds more than one message, and of that never more than the limit.
 *
 * @module
 */
import type { Step } from "./frame_decoder.ts";
import type { MessageType } from "../message.ts";
import { type Violation, Violations } from "./violations.ts";
import type { FrameHeader } from "./frame_header.ts";
import type { AgreedCodec } from "./message_codec.ts";
import type { ResolvedProtocolOptions } from "./protocol_options.ts";
import type { Delivery, ProtocolSink } from "./protocol_sink.ts";
import { EncodedMessage } from "./encoded_message.ts";
import { MessageContent } from "./message_content.ts";
import { Opcode } from "./opcode.ts";

/** Assembles the messages of one connection at a time. */
export class MessageAssembler {
  readonly #content = new MessageContent();
  readonly #coded: AgreedCodec | null;
  #encoded: EncodedMessage | null = null;
  #sink!: ProtocolSink;
  #maxMessageBytes = 0;
  #isWhole = false; // the message is one frame that lies whole in its chunk, and not encoded
  #isEncoded = false;
  #isOpen = false; // continuation frames are to come
  #isFinal = true; // the frame in progress is the last of its message
  #isFirst = true; // no payload of the message has been seen
  #isDiscarding = false;

  /** With the extension that decodes messages with RSV1, where one was agreed on. */
  constructor(coded: AgreedCodec | null) {
    this.#coded = coded;
  }

  /** Assembles for this sink from now on. */
  bind(sink: ProtocolSink, rules: ResolvedProtocolOptions): void {
    const { maxMessageBytes } = rules;
    this.#sink = sink;
    this.#maxMessageBytes = maxMessageBytes;
    this.#isDiscarding = false;
    this.#content.bind(sink, rules);
    if (this.#coded === null) return;
    this.#encoded = new EncodedMessage({
      ...this.#coded,
      content: this.#content,
      sink,
      maxMessageBytes,
    });
  }

  /** Whether the next data frame must be a continuation. */
  get isMessageOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether messages were given to the sink as they lie in the chunk, since it was last asked. */
  takeIsShared(): boolean {
    const { isShared } = this.#content;
    this.#content.isShared = false;
    return isShared;
  }

  /** Whether what has arrived is not all passed on: `goOn` comes before the next frame. */
  get isDecoding(): boolean {
    return this.#encoded !== null && this.#encoded.isDecoding;
  }

  /** Whether that waits for the codec, which calls `wake`. */
  get isWaiting(): boolean {
    return this.#encoded !== null && this.#encoded.isWaiting;
  }

  /** Drops the message in progress and all that follow: nobody will read them. */
  discard(): void {
    this.#isDiscarding = true;
    this.#content.discard();
    this.#encoded?.stop();
  }

  /** Drops the rest of the message in progress only. */
  discardMessage(): void {
    this.#content.discard();
    this.#encoded?.discardMessage();
  }

  /** Whether a whole message may be next, and is wanted. */
  get isFree(): boolean {
    return !this.#isOpen && !this.#isDiscarding;
  }

  /** A message begins that is one frame, not encoded, and lies whole in its chunk; only while `isFree`. */
  beginWhole(type: MessageType): void {
    this.#content.begin(type, "message");
  }

  /** Its payload, unmasked. `false` and a violation as from `payload`. */
  whole(chunk: Uint8Array, start: number, end: number, octets: number): boolean | Violation {
    return this.#content.wholeIn(chunk, start, end, octets);
  }

  /** Its text, which was made of ASCII from `chunk[start]` on. `false` as from `payload`. */
  text(text: string, chunk: Uint8Array, start: number): boolean {
    return this.#content.textIn(text, chunk, start);
  }

  /** Its payload as bytes that are given away. `false` and a violation as from `payload`. */
  own(bytes: Uint8Array): boolean | Violation {
    return this.#content.whole(bytes);
  }

  /** Takes the header of a data frame that has passed `checkFrameHeader`. */
  beginFrame(header: FrameHeader, available: number): Step | Violation {
    const { payloadLength, fin } = header;
    this.#isWhole = this.#liesWhole(header, available);
    if (this.#isWhole) { // the fast path: there is nothing to ask or to remember
      this.beginWhole(header.opcode === Opcode.Text ? "text" : "binary");
      this.#isOpen = false;
      return "go";
    }
    if (header.opcode !== Opcode.Continuation) {
      const delivery = this.#chooseDelivery(header, available);
      if (delivery === "wait") return "wait";
      this.#content.begin(header.opcode === Opcode.Text ? "text" : "binary", delivery);
      this.#isEncoded = header.rsv !== 0 && !this.#isDiscarding;
      this.#isFirst = true;
      if (this.#isEncoded) this.#encoded!.begin();
    }
    const fits = this.#isEncoded
      ? this.#encoded!.beginFrame(payloadLength)
      : this.#content.hasRoomFor(payloadLength);
    if (!fits) return Violations.messageTooBig;
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
    // The fast path: no copy but the one that makes the bytes the handler's own.
    if (this.#isWhole) return this.whole(chunk, start, end, header.octets);
    const isWhole = this.#isFirst && last && this.#isFinal;
    this.#isFirst = false;
    if (this.#isDiscarding) return true;
    const part = {
      bytes: chunk,
      start,
      end,
      frameBytes: header.payloadLength,
      endsFrame: last,
      endsMessage: last && this.#isFinal,
    };
    if (!this.#isEncoded) return this.#content.part(part);
    return isWhole && this.#content.delivery === "message"
      ? this.#encoded!.whole(part)
      : this.#encoded!.part(part);
  }

  /** Where the next bytes of the frame in progress can be read to, at most `mostBytes` of them. */
  readTarget(mostBytes: number): Uint8Array | null {
    return this.#isEncoded ? null : this.#content.readTarget(mostBytes);
  }

  /** Passes on what has been decoded since. `false` and a violation as from `payload`. */
  goOn(): boolean | Violation {
    return this.#encoded!.goOn();
  }

  #liesWhole({ opcode, payloadLength, fin, rsv }: FrameHeader, available: number): boolean {
    return fin && payloadLength <= available && opcode !== Opcode.Continuation && rsv === 0 &&
      payloadLength <= this.#maxMessageBytes && !this.#isDiscarding;
  }

  #chooseDelivery(header: FrameHeader, available: number): Delivery {
    if (this.#isDiscarding) return "discard";
    const { payloadLength, fin, rsv } = header;
    const isEncoded = rsv !== 0;
    const most = isEncoded ? this.#encoded!.smallBytes : this.#maxMessageBytes;
    if (fin && payloadLength <= available && payloadLength <= most) {
      return "message"; // it lies whole in the chunk: the sink need not be asked
    }
    const delivery = this.#sink.beginMessage({
      type: header.opcode === Opcode.Text ? "text" : "binary",
      isWhole: fin,
      frameBytes: isEncoded && payloadLength > most ? Infinity : payloadLength,
      isEncoded,
    });
    // A codec that works on whole messages cannot give parts of them.
    const isInParts = delivery === "fragment" || delivery === "chunk";
    return isEncoded && isInParts && !this.#encoded!.comesInParts ? "message" : delivery;
  }
}
