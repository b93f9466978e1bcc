/**
 * What an extension that encodes whole messages has to implement (RFC 6455 section 5.2, RSV1).
 * RFC 7692, permessage-deflate, is the one in use.
 *
 * @module
 */
import type { Violation } from "./violations.ts";

/** Encodes and decodes messages whose first frame has RSV1 set. All calls are synchronous. */
export interface MessageCodec {
  /**
   * Decodes one message. If the result exceeds `maxBytes` it returns `Violations.messageTooBig`,
   * and its state is as if it had not been called.
   */
  decode(payload: Uint8Array, maxBytes: number): Uint8Array | Violation;
  /**
   * Starts to decode a message as it arrives: a large one, or one that is wanted by fragment or
   * chunk. `onDecoded` is to be called when `take` has more to give after it returned `null`, and
   * never before that call has returned. Without this method every message is decoded whole.
   */
  startDecoding?(onDecoded: () => void): MessageDecoder;
  /** Encodes one message. Returns `null` if it is better sent as it is. */
  encode(payload: Uint8Array): Uint8Array | null;
  /** Encodes the next fragment of a message (RFC 7692 section 7.2.1 for permessage-deflate). */
  encodeFragment(payload: Uint8Array, options: EncodeFragmentOptions): Uint8Array;
  /**
   * Names the parameters of `encodeAlone`: a message that one codec has encoded can be sent by all
   * codecs with the same name. Codecs that encode for one connection only have none.
   */
  readonly alone?: string;
  /** Encodes one message without reference to others. Returns `null` if it is better sent as it is. */
  encodeAlone?(payload: Uint8Array): Uint8Array | null;
  /** A result of `encodeAlone`, of this codec or another, was sent: later messages refer to nothing before it. */
  onSentAlone?(): void;
}

/** The codec that a connection has agreed on. */
export interface AgreedCodec {
  /** The codec. */
  readonly codec: MessageCodec;
  /** Called when decoding can go on. `undefined`: every message is decoded in one call. */
  readonly onDecoded: (() => void) | undefined;
}

/** How a fragment is encoded. */
export interface EncodeFragmentOptions {
  /** Whether it ends the message. */
  readonly final: boolean;
  /** `false` to encode without compressing, which takes no time: a Close is waiting behind it. */
  readonly compress: boolean;
}

/** Decodes one message chunk by chunk, and may work between the calls. */
export interface MessageDecoder {
  /** Takes the next encoded bytes; `final` ends the message. Only after `take` returned `"done"`. */
  push(chunk: Uint8Array, final: boolean): void;
  /**
   * Returns the next decoded bytes, which belong to the caller; `"done"` when everything pushed
   * has been returned; `null` while it is at work. It decodes at most one result ahead.
   */
  take(): Uint8Array | Violation | "done" | null;
  /** Drops the rest of the message; it decodes only what later messages may refer to. */
  discard(): void;
  /** Stops at once. No message follows. */
  stop(): void;
}
