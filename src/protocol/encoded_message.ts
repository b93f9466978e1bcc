/**
 * Decodes messages that an extension has encoded (RFC 6455 section 5.2, RSV1).
 *
 * A small message is collected and decoded in one call, which is the fastest way. A large one,
 * and one that its sink wants by fragment or chunk, is decoded as it arrives; the rest of it
 * stays in the chunk meanwhile.
 *
 * @module
 */
import type { AgreedCodec, MessageDecoder } from "./message_codec.ts";
import type { ContentChunk, MessageContent } from "./message_content.ts";
import type { ProtocolSink } from "./protocol_sink.ts";
import { type Verdict, Violations } from "./violations.ts";
import { ExactBuffer } from "./exact_buffer.ts";
import { UNKNOWN_BITS } from "./short_mask.ts";

/** Options of {@linkcode EncodedMessage}. */
export interface EncodedMessageOptions extends AgreedCodec {
  /** Takes what is decoded. */
  readonly content: MessageContent;
  /** Chooses the delivery of a message whose decoded content turns out to be large. */
  readonly sink: ProtocolSink;
  /** Limit of a message in bytes after decoding. */
  readonly maxMessageBytes: number;
}

/** Largest encoded message that is decoded in one call. Decoded JSON is a few times as large. */
const ONE_SHOT_ENCODED_BYTES = 64 * 1024;
/** Most bytes that one call may decode, which takes 1 to 2 ms; more is decoded as a stream. */
const ONE_SHOT_DECODED_BYTES = 1024 * 1024;

/** Starts a decoder that works on a message as it arrives. */
type StartDecoder = () => MessageDecoder;

/** How far the decoding of the arriving message is. */
type State =
  /** No byte of the message is kept. */
  | { readonly name: "idle" }
  /** The message is small so far and not complete; its bytes are collected. */
  | { readonly name: "collecting"; readonly buffer: ExactBuffer }
  /**
   * The message is complete, its decoded content exceeds `ONE_SHOT_DECODED_BYTES`, and the sink has
   * not chosen a delivery.
   */
  | { readonly name: "asking"; readonly payload: Uint8Array; readonly start: StartDecoder }
  /** The message is decoded as it arrives. */
  | Decoding;

interface Decoding {
  readonly name: "decoding";
  readonly decoder: MessageDecoder;
  /** The chunk that the decoder works on. */
  chunk: ContentChunk | null;
  /** Whether the decoder is working and has no output yet. */
  isWaiting: boolean;
}

const IDLE: State = { name: "idle" };

/** Decodes the encoded messages of one connection, one after the other. */
export class EncodedMessage {
  readonly #options: EncodedMessageOptions;
  readonly #start: StartDecoder | null;
  #state: State = IDLE;
  #encodedBytes = 0; // payload of the message's frames that have begun

  constructor(options: EncodedMessageOptions) {
    this.#options = options;
    const { codec, onDecoded } = options, { startDecoding } = codec;
    this.#start = startDecoding === undefined || onDecoded === undefined
      ? null
      : () => startDecoding.call(codec, onDecoded);
  }

  /** Whether messages can be decoded as they arrive. */
  get canStream(): boolean {
    return this.#start !== null;
  }

  /** Largest encoded message, in bytes, that is decoded in one call. */
  get oneShotLimit(): number {
    const { maxMessageBytes } = this.#options;
    return this.canStream ? Math.min(ONE_SHOT_ENCODED_BYTES, maxMessageBytes) : maxMessageBytes;
  }

  /** Whether received bytes are not all delivered: `resume` delivers more of them. */
  get isDecoding(): boolean {
    const state = this.#state;
    return state.name === "asking" || state.name === "decoding" && state.chunk !== null;
  }

  /** Whether the decoder is still working; `onDecoded` is called when it has output. */
  get isWaiting(): boolean {
    return this.#state.name === "decoding" && this.#state.isWaiting;
  }

  /** Begins a message. */
  begin(): void {
    this.#encodedBytes = 0;
  }

  /** Begins a frame. Returns `false` if the message is too large to be decoded. */
  beginFrame(payloadLength: number): boolean {
    this.#encodedBytes += payloadLength;
    return this.canStream || this.#encodedBytes <= this.#options.maxMessageBytes;
  }

  /** Takes a message that lies whole in a chunk. */
  onWhole(chunk: ContentChunk): Verdict {
    const { bytes, start, end } = chunk;
    return this.#start === null || end - start <= this.oneShotLimit
      ? this.#decodeAtOnce(bytes.subarray(start, end))
      : this.#decode(this.#startDecoding(this.#start), chunk);
  }

  /** Takes a chunk of a message. The verdict is `"stop"` also while `isDecoding`. */
  onChunk(chunk: ContentChunk): Verdict {
    const state = this.#state, start = this.#start;
    if (state.name === "decoding") return this.#decode(state, chunk);
    const isSmall = this.#encodedBytes <= this.oneShotLimit;
    if (state.name !== "collecting" && start !== null) {
      const isOneShot = isSmall && this.#options.content.delivery === "message";
      if (!isOneShot) return this.#decode(this.#startDecoding(start), chunk);
    }
    const buffer = state.name === "collecting" ? state.buffer : this.#collect();
    const { bytes, frameBytes, endsFrame, endsMessage } = chunk;
    buffer.append(bytes, chunk.start, chunk.end, isSmall ? frameBytes : null, endsFrame);
    if (isSmall && !endsMessage) return "more";
    this.#state = IDLE;
    const payload = buffer.take();
    if (isSmall || start === null) return this.#decodeAtOnce(payload);
    const all = { ...chunk, bytes: payload, start: 0, end: payload.length };
    return this.#decode(this.#startDecoding(start), all);
  }

  /** Delivers what has been decoded. The verdict is `"stop"` also while `isDecoding`. */
  resume(): Verdict {
    const state = this.#state;
    if (state.name === "asking") return this.#ask(state.payload, state.start);
    return state.name === "decoding" ? this.#take(state) : "more";
  }

  /** Drops the rest of the message. It is still decoded, because later messages may refer to it. */
  discardMessage(): void {
    if (this.#state.name === "decoding") this.#state.decoder.discard();
  }

  /** Stops decoding: no message is wanted any more. */
  stop(): void {
    if (this.#state.name === "decoding") this.#state.decoder.stop();
    this.#state = IDLE;
  }

  #collect(): ExactBuffer {
    const buffer = new ExactBuffer(this.#options.maxMessageBytes);
    this.#state = { name: "collecting", buffer };
    return buffer;
  }

  #decodeAtOnce(payload: Uint8Array): Verdict {
    const { codec, content, sink, maxMessageBytes } = this.#options, start = this.#start;
    const limit = start === null
      ? maxMessageBytes
      : Math.min(ONE_SHOT_DECODED_BYTES, maxMessageBytes);
    const decoded = codec.decode(payload, limit);
    if (decoded instanceof Uint8Array) {
      sink.onDecoded?.(decoded.length);
      return content.deliverBytes(decoded);
    }
    if (decoded !== Violations.messageTooBig || start === null) return decoded;
    return this.#ask(payload, start);
  }

  /** Asks for the delivery of a message whose content is large, and decodes it as a stream. */
  #ask(payload: Uint8Array, start: StartDecoder): Verdict {
    const { content, sink, maxMessageBytes } = this.#options;
    const { type } = content;
    const delivery = content.delivery === "discard"
      ? "discard"
      : sink.beginMessage({ type, isWhole: true, frameBytes: Infinity, isEncoded: true });
    if (delivery === "wait") {
      // A copy, because the transport reuses the chunk before the payload is decoded.
      this.#state = { name: "asking", payload: payload.slice(), start };
      return "stop";
    }
    this.#state = IDLE;
    if (delivery === "message" && maxMessageBytes <= ONE_SHOT_DECODED_BYTES) {
      return Violations.messageTooBig;
    }
    content.begin(type, delivery);
    return this.#decode(this.#startDecoding(start), {
      bytes: payload,
      start: 0,
      end: payload.length,
      frameBytes: null,
      endsFrame: true,
      endsMessage: true,
      payloadBits: UNKNOWN_BITS,
    });
  }

  #startDecoding(start: StartDecoder): Decoding {
    const decoder = start();
    if (this.#options.content.delivery === "discard") decoder.discard();
    return this.#state = { name: "decoding", decoder, chunk: null, isWaiting: false };
  }

  #decode(state: Decoding, chunk: ContentChunk): Verdict {
    state.chunk = chunk;
    // A copy, because the transport reuses the chunk while the decoder is working.
    state.decoder.push(chunk.bytes.slice(chunk.start, chunk.end), chunk.endsMessage);
    return this.#take(state);
  }

  /** Delivers what the decoder has, until the chunk ends, the sink is full or `stop` is called. */
  #take(state: Decoding): Verdict {
    state.isWaiting = false;
    while (state.chunk !== null && this.#state === state) {
      const decoded = state.decoder.take();
      if (decoded === null) {
        state.isWaiting = true;
        return "stop";
      }
      if (decoded === "done") return this.#endChunk(state, state.chunk);
      if (!(decoded instanceof Uint8Array)) return decoded;
      const verdict = this.#emit(decoded, { endsFrame: false, endsMessage: false });
      if (verdict !== "more") return verdict;
    }
    return "more";
  }

  /** Delivers the end of the frame or message after a chunk is decoded. */
  #endChunk(state: Decoding, { endsFrame, endsMessage }: ContentChunk): Verdict {
    state.chunk = null;
    if (endsMessage) this.#state = IDLE;
    return endsFrame ? this.#emit(new Uint8Array(0), { endsFrame, endsMessage }) : "more";
  }

  #emit(bytes: Uint8Array, ends: Pick<ContentChunk, "endsFrame" | "endsMessage">): Verdict {
    const { content } = this.#options;
    const { length: end } = bytes, payloadBits = UNKNOWN_BITS;
    return content.onChunk({ bytes, start: 0, end, frameBytes: null, payloadBits, ...ends });
  }
}
