/**
 * The seam for extensions that encode whole messages (RFC 6455 section 5.2: RSV1;
 * RFC 7692 is the one in use).
 *
 * @module
 */
import type { Violation } from "./violations.ts";

/** Encodes and decodes messages whose first frame has RSV1 set. Synchronous. */
export interface MessageCodec {
  /**
   * Decodes one message; stops as soon as the result exceeds `maxBytes`, and is then as if it had
   * not been called.
   */
  decode(payload: Uint8Array, maxBytes: number): Uint8Array | Violation;
  /**
   * Begins to decode a message as it arrives: one that is large, or wanted in parts. `wake` is
   * called when `take` has more to give after it gave `null`, and never before that call is over.
   * Left out, messages are decoded whole.
   */
  startDecoding?(wake: () => void): MessageDecoder;
  /** Encodes one message, or says with `null` that it is better sent as it is. */
  encode(payload: Uint8Array): Uint8Array | null;
  /** Encodes the next part of a message sent in fragments. */
  encodeFragment(part: Uint8Array, options: EncodeFragmentOptions): Uint8Array;
}

/** A codec at work on one connection. */
export interface AgreedCodec {
  readonly codec: MessageCodec;
  /** Called when decoding can go on; left out, every message is decoded in one call. */
  readonly wake: (() => void) | undefined;
}

/** How a part of a message is encoded. */
export interface EncodeFragmentOptions {
  /** Whether it ends the message. */
  readonly final: boolean;
  /** `false` to encode it as it is, in no time: a Close waits for it, say. */
  readonly compress: boolean;
}

/** Decodes one message, part by part, and does its work between the calls. */
export interface MessageDecoder {
  /** Takes the next part of the encoded message; `final` ends it. Not before `take` gave `"done"` for the last. */
  push(part: Uint8Array, final: boolean): void;
  /**
   * Gives the next decoded bytes, which are the caller's for good; `"done"` when all that was
   * pushed is given; `null` while it is at work. Works no further ahead than one such answer.
   */
  take(): Uint8Array | Violation | "done" | null;
  /** Nobody wants the rest: from here on it decodes only what later messages may refer to. */
  discard(): void;
  /** Ends its work at once: no message will follow. */
  stop(): void;
}
