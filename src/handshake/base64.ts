/**
 * Base64 (RFC 4648 section 4), for the handshake's nonce and hash and for credentials.
 *
 * @module
 */

import { latin1ToString } from "./latin1.ts";

/** Encodes bytes, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(latin1ToString(bytes));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = 0x3d;

/** Writes the base64 of bytes as ASCII, with padding, from `out[start]` on. */
export function writeBase64(bytes: Uint8Array, out: Uint8Array, start: number): void {
  let at = start;
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index,
      second = bytes[index + 1] ?? 0,
      third = bytes[index + 2] ?? 0;
    const bits = bytes[index]! << 16 | second << 8 | third;
    out[at++] = ALPHABET.charCodeAt(bits >> 18);
    out[at++] = ALPHABET.charCodeAt(bits >> 12 & 63);
    out[at++] = left > 1 ? ALPHABET.charCodeAt(bits >> 6 & 63) : PADDING;
    out[at++] = left > 2 ? ALPHABET.charCodeAt(bits & 63) : PADDING;
  }
}
