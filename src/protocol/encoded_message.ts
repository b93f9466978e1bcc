/**
 * Messages that an extension has encoded, on their way to what they say. A small one is put
 * together and decoded in one call, which is the fastest. A large one, and one that is wanted
 * in parts, is decoded as it arrives, while the rest of it waits on the wire.
 *
 * @module
 */
import { EMPTY_BYTES } from "../bytes.ts";
import type { AgreedCodec, MessageDecoder } from "./message_codec.ts";
import type { ContentPart, MessageContent } from "./message_content.ts";
import type { ProtocolSink } from "./protocol_sink.ts";
import { type Violation, Violations } from "./violations.ts";
import { ExactBuffer } from "./exact_buffer.ts";

/** What these messages are made of. */
export interface EncodedMessageOptions extends AgreedCodec {
  readonly content: MessageContent;
  readonly sink: ProtocolSink;
  readonly maxMessageBytes: number;
}

/** Encoded bytes that may be decoded in one call: as JSON, a few times as many decoded. */
const SMALL_ENCODED_BYTES = 64 * 1024;
/** What one call may give, a millisecond or two of work; more is decoded in parts. */
const MOST_AT_ONCE_BYTES = 1024 * 1024;

/** The encoded messages of one connection, one after the other. */
export class EncodedMessage {
  readonly #options: EncodedMessageOptions;
  #encodedBytes = 0; // of the message, as far as its frames have begun
  #held: ExactBuffer | null = null; // a small message, encoded, while it is incomplete
  #unasked: Uint8Array | null = null; // a whole one, larger than thought: how shall it come?
  #decoder: MessageDecoder | null = null;
  #pushed: ContentPart | null = null; // what the decoder is at work on
  #isWaiting = false;

  constructor(options: EncodedMessageOptions) {
    this.#options = options;
  }

  /** Whether messages can be decoded as they arrive. */
  get comesInParts(): boolean {
    const { codec, wake } = this.#options;
    return codec.startDecoding !== undefined && wake !== undefined;
  }

  /** Up to this many bytes a message is decoded in one call. */
  get smallBytes(): number {
    const { maxMessageBytes } = this.#options;
    return this.comesInParts ? Math.min(SMALL_ENCODED_BYTES, maxMessageBytes) : maxMessageBytes;
  }

  /** Whether more is to come of what has arrived: `goOn` gives it. */
  get isDecoding(): boolean {
    return this.#pushed !== null || this.#unasked !== null;
  }

  /** Whether that more is not decoded yet. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** A message begins. */
  begin(): void {
    this.#encodedBytes = 0;
  }

  /** A frame begins; `false` when that is too much. */
  beginFrame(payloadLength: number): boolean {
    this.#encodedBytes += payloadLength;
    return this.comesInParts || this.#encodedBytes <= this.#options.maxMessageBytes;
  }

  /** A message that lies whole in a chunk. */
  whole(part: ContentPart): boolean | Violation {
    const { bytes, start, end } = part;
    return end - start <= this.smallBytes
      ? this.#decodeAtOnce(bytes.subarray(start, end))
      : this.#push(part);
  }

  /** Takes a part of a message; `false` when `isDecoding`, or when the sink wants no more for now. */
  part(part: ContentPart): boolean | Violation {
    if (this.#decoder !== null) return this.#push(part);
    const { bytes, start, end, frameBytes, endsFrame, endsMessage } = part;
    const isSmall = this.#encodedBytes <= this.smallBytes;
    const isWhole = !this.comesInParts || this.#options.content.delivery === "message";
    if (this.#held === null && !(isSmall && isWhole)) return this.#push(part);
    const held = this.#held ??= new ExactBuffer(this.#options.maxMessageBytes);
    held.append(bytes, start, end, isSmall ? frameBytes : null, endsFrame);
    if (isSmall && !endsMessage) return true;
    this.#held = null;
    const all = held.take();
    return isSmall
      ? this.#decodeAtOnce(all)
      : this.#push({ ...part, bytes: all, start: 0, end: all.length });
  }

  /** Passes on what is decoded. `false` and a violation as from `part`. */
  goOn(): boolean | Violation {
    this.#isWaiting = false;
    if (this.#unasked !== null) return this.#ask(this.#unasked);
    while (this.#pushed !== null) {
      const decoded = this.#decoder!.take();
      this.#isWaiting = decoded === null;
      if (decoded === null) return false;
      if (decoded === "done") return this.#endPart(this.#pushed);
      if (!(decoded instanceof Uint8Array)) return decoded;
      const verdict = this.#say(decoded, { endsFrame: false, endsMessage: false });
      if (verdict !== true) return verdict;
    }
    return true;
  }

  /** Nobody wants the rest of the message; later ones may still refer to it. */
  discardMessage(): void {
    this.#decoder?.discard();
  }

  /** No message is wanted any more. */
  stop(): void {
    this.#decoder?.stop();
    this.#decoder =
      this.#pushed =
      this.#unasked =
      this.#held =
        null;
    this.#isWaiting = false;
  }

  #decodeAtOnce(payload: Uint8Array): boolean | Violation {
    const { codec, content, maxMessageBytes } = this.#options;
    const most = this.comesInParts
      ? Math.min(MOST_AT_ONCE_BYTES, maxMessageBytes)
      : maxMessageBytes;
    const decoded = codec.decode(payload, most);
    if (decoded instanceof Uint8Array) return content.whole(decoded);
    if (decoded !== Violations.messageTooBig || !this.comesInParts) return decoded;
    return this.#ask(payload);
  }

  /** A message proves large only when it is decoded: now its sink is asked how it shall come. */
  #ask(payload: Uint8Array): boolean | Violation {
    const { content, sink, maxMessageBytes } = this.#options;
    const { type } = content;
    const delivery = content.delivery === "discard"
      ? "discard"
      : sink.beginMessage({ type, isWhole: true, frameBytes: Infinity, isEncoded: true });
    this.#unasked = delivery === "wait" ? payload.slice() : null; // its chunk is used again
    if (delivery === "wait") return false;
    if (delivery === "message" && maxMessageBytes <= MOST_AT_ONCE_BYTES) {
      return Violations.messageTooBig;
    }
    content.begin(type, delivery);
    const { length } = payload;
    return this.#push({
      bytes: payload,
      start: 0,
      end: length,
      frameBytes: null,
      endsFrame: true,
      endsMessage: true,
    });
  }

  #push(part: ContentPart): boolean | Violation {
    const { codec, wake, content } = this.#options;
    if (this.#decoder === null) {
      this.#decoder = codec.startDecoding!(wake!);
      if (content.delivery === "discard") this.#decoder.discard();
    }
    this.#pushed = part;
    // A copy: the decoder works on when the chunk is used again.
    this.#decoder.push(part.bytes.slice(part.start, part.end), part.endsMessage);
    return this.goOn();
  }

  /** All of a part is decoded. */
  #endPart({ endsFrame, endsMessage }: ContentPart): boolean | Violation {
    this.#pushed = null;
    if (endsMessage) this.#decoder = null;
    if (!endsFrame) return true;
    return this.#say(EMPTY_BYTES, { endsFrame, endsMessage });
  }

  #say(
    bytes: Uint8Array,
    ends: Pick<ContentPart, "endsFrame" | "endsMessage">,
  ): boolean | Violation {
    const { content } = this.#options;
    return content.part({ bytes, start: 0, end: bytes.length, frameBytes: null, ...ends });
  }
}
