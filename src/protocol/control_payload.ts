/**
 * Payloads of control frames (RFC 6455 section 5.5): at most 125 bytes, and for Close a
 * code and a reason.
 *
 * @module
 */
import { EMPTY_BYTES } from "../bytes.ts";
import type { Message } from "../message.ts";
import { type Violation, Violations } from "./violations.ts";
import { checkCloseCode, isWireCloseCode } from "./close_code.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Largest payload of a control frame in bytes (RFC 6455 section 5.5). */
export const MAX_CONTROL_BYTES = 125;
const encoder = new TextEncoder();

/**
 * Converts a caller's payload of a ping or pong to bytes.
 *
 * @throws {TypeError} if it is neither a string nor a `Uint8Array`.
 * @throws {RangeError} if it has more than 125 bytes (RFC 6455 section 5.5).
 */
export function toControlPayload(payload: Message | undefined, call: string): Uint8Array {
  if (payload === undefined) return EMPTY_BYTES;
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${call}: payload must be a string or a Uint8Array, not ${typeof payload}`);
  }
  if (bytes.length > MAX_CONTROL_BYTES) {
    throw new RangeError(
      `${call}: payload is ${bytes.length} bytes, a control frame carries at most ${MAX_CONTROL_BYTES} (RFC 6455 section 5.5)`,
    );
  }
  return bytes;
}

/**
 * Encodes the payload of a Close frame (RFC 6455 section 5.5.1).
 *
 * @throws {TypeError} if there is a reason without a code, or the reason is not a string.
 * @throws {RangeError} if the code must not be sent, or the reason has more than 123 bytes.
 */
export function encodeClose(code?: number, reason = ""): Uint8Array {
  if (code === undefined) {
    if (reason === "") return EMPTY_BYTES;
    throw new TypeError("close: a reason needs a code (RFC 6455 section 5.5.1)");
  }
  const text = checkClose(code, reason);
  const payload = new Uint8Array(2 + text.length);
  payload[0] = code >> 8;
  payload[1] = code;
  payload.set(text, 2);
  return payload;
}

/** Returns the UTF-8 of a reason. Throws as {@linkcode encodeClose} does. */
export function checkClose(code: number, reason: string): Uint8Array {
  if (typeof reason !== "string") throw new TypeError("close: reason must be a string");
  checkCloseCode(code);
  const text = encoder.encode(reason);
  if (text.length > MAX_CONTROL_BYTES - 2) {
    throw new RangeError(`close: reason is ${text.length} bytes of UTF-8, at most 123 fit`);
  }
  return text;
}

/** Checks the payload of a received Close frame (RFC 6455 sections 5.5.1, 7.4 and 8.1). */
export function checkClosePayload(payload: Uint8Array): Violation | null {
  if (payload.length === 0) return null;
  if (payload.length === 1) return Violations.closeTooShort;
  if (!isWireCloseCode((payload[0]! << 8) | payload[1]!)) return Violations.closeCode;
  return decodeUtf8(payload, 2, payload.length) === null ? Violations.closeReason : null;
}
