/**
 * Recognizes a message that is sent to one connection after the other, as a loop over a server's
 * connections does. Its frame is encoded once, and the connections share it.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { WHOLE } from "../protocol/frame_encoder.ts";
import { encodeShared } from "./shared_message.ts";

/**
 * Binary messages up to this size are recognized. Their bytes may change between two calls of
 * `send`, so they are compared, and comparing more takes longer than copying. A frame of this size
 * has a header of two bytes (RFC 6455 section 5.2).
 */
const MAX_COMPARED_BYTES = 125;
const HEADER_BYTES = 2;

/** The message that was sent last, and its frame from the second time on. */
class RepeatedMessage {
  #message: Message | null = null;
  #frame: Uint8Array | null = null;

  /** Returns the frame of a message that is the same as the last one; it never changes. */
  frameOf(message: Message): Uint8Array | null {
    const frame = this.#frame;
    if (message === this.#message) {
      if (frame === null) return this.#frame = encodeShared(message, WHOLE);
      if (typeof message === "string" || isPayloadOf(frame, message)) return frame;
    }
    this.#message = isKnowable(message) ? message : null;
    this.#frame = null;
    return null;
  }

  /** Forgets the message, so that its memory can be freed. */
  forget(): void {
    this.#message = null;
    this.#frame = null;
  }
}

/** Whether a message is recognized when it is sent again. */
export function isKnowable(message: Message): boolean {
  return typeof message === "string" || message.length <= MAX_COMPARED_BYTES;
}

function isPayloadOf(frame: Uint8Array, message: Uint8Array): boolean {
  const { length } = message;
  if (frame.length !== HEADER_BYTES + length) return false;
  for (let index = 0; index < length; index++) {
    if (frame[HEADER_BYTES + index] !== message[index]) return false;
  }
  return true;
}

/** The message that is being sent to several connections of this process. */
export const repeatedMessage: RepeatedMessage = new RepeatedMessage();
