/**
 * The seam for extensions that encode whole messages (RFC 6455 section 5.2: RSV1;
 * RFC 7692 is the one in use).
 *
 * @module
 */
import type { Violation } from "./check_header.ts";

/** Encodes and decodes messages whose first frame has RSV1 set. Synchronous. */
export interface MessageCodec {
  /** Decodes one message; stops as soon as the result exceeds `maxBytes`. */
  decode(payload: Uint8Array, maxBytes: number): Uint8Array | Violation;
  /** Encodes one message, or says with `null` that it is better sent as it is. */
  encode(payload: Uint8Array): Uint8Array | null;
  /** Encodes the next part of a message sent in fragments; `final` ends the message. */
  encodePart(part: Uint8Array, final: boolean): Uint8Array;
}
