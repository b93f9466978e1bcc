/**
 * The key of the opening handshake and the answer that proves it was read
 * (RFC 6455 sections 4.1 (7) and 4.2.2 (5) /key/).
 *
 * @module
 */
import { encodeBase64, writeBase64 } from "./base64.ts";
import { stringToLatin1 } from "./latin1.ts";
import { sha1 } from "./sha1.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

// 128 bits are 21 characters of 6 bits and one whose low 4 bits must be 0 (RFC 4648 3.5).
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Whether the text is exactly 16 bytes in canonical base64. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

/**
 * The `Sec-WebSocket-Key` of 16 random bytes, which come from the caller: this room is pure.
 *
 * @throws {RangeError} if there are not 16.
 */
export function makeKey(random16: Uint8Array): string {
  if (random16.length !== 16) throw new RangeError("a key has 16 bytes (RFC 6455 4.1 (7))");
  return encodeBase64(random16);
}

/** The `Sec-WebSocket-Accept` that answers a key. */
export function acceptKey(key: string): string {
  return encodeBase64(sha1(stringToLatin1(key + GUID)));
}

const KEY_LENGTH = 24;
const hashed = /* @__PURE__ */ stringToLatin1(" ".repeat(KEY_LENGTH) + GUID); // the key in front changes
const digest = /* @__PURE__ */ new Uint8Array(20);

/** Writes what {@linkcode acceptKey} gives as ASCII, 28 bytes. The key is one by {@linkcode isKey}. */
export function writeAcceptKey(key: string, out: Uint8Array, at: number): void {
  for (let index = 0; index < KEY_LENGTH; index++) hashed[index] = key.charCodeAt(index);
  writeBase64(sha1(hashed, digest), out, at);
}
