/**
 * The interface of an extension that encodes whole messages (RFC 6455 section 5.2, RSV1). The
 * extension in use is permessage-deflate (RFC 7692).
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
  /** Encodes one message. Returns `null` if encoding it does not pay. */
  encode(payload: Uint8Array): Uint8Array | null;
  /** Encodes the next fragment of a message (RFC 7692 section 7.2.1 for permessage-deflate). */
  encodeFragment(payload: Uint8Array, options: EncodeFragmentOptions): Uint8Array;
  /**
   * Names the parameters of `encodeAlone`: a message that one codec has encoded can be sent by all
   * codecs with the same name. Absent in codecs that encode for one connection only.
   */
  readonly alone?: string;
  /**
   * Encodes one message without reference to others. Returns `null` if encoding it does not pay.
   */
  encodeAlone?(payload: Uint8Array): Uint8Array | null;
  /**
   * A result of `encodeAlone`, of this codec or another, was sent. Later messages must not refer to
   * earlier ones.
   */
  onSentAlone?(): void;
}

/** The codec that a connection has agreed on. */
export interface AgreedCodec {
  /** The codec. */
  readonly codec: MessageCodec;
  /** Called when decoding can continue. `undefined` if every message is decoded in one call. */
  readonly onDecoded: (() => void) | undefined;
}

/** Options of `encodeFragment`. */
export interface EncodeFragmentOptions {
  /** Whether the fragment ends the message. */
  readonly final: boolean;
  /**
   * `false` encodes without compressing, which is fast. It is used when a Close waits behind the
   * message.
   */
  readonly compress: boolean;
}

/** Decodes one message chunk by chunk. It may work in the background between calls. */
export interface MessageDecoder {
  /**
   * Takes the next encoded bytes; `final` ends the message. Only after `take` returned `"done"`.
   */
  push(chunk: Uint8Array, final: boolean): void;
  /**
   * Returns the next decoded bytes, which belong to the caller; `"done"` when everything pushed has
   * been returned; `null` while it is working. It decodes at most one result ahead.
   */
  take(): Uint8Array | Violation | "done" | null;
  /** Drops the rest of the message; it decodes only what later messages may refer to. */
  discard(): void;
  /** Stops at once. No message follows. */
  stop(): void;
}
