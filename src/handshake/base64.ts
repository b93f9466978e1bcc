/**
 * Base64 (RFC 4648 section 4), for a nonce, a hash and credentials.
 *
 * @module
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Encodes bytes, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i] ?? 0) << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt(group >> 12 & 63) +
      (left > 1 ? ALPHABET.charAt(group >> 6 & 63) : "=") +
      (left > 2 ? ALPHABET.charAt(group & 63) : "=");
  }
  return text;
}
