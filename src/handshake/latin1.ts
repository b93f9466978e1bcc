/**
 * Bytes of a head as text and back, one character for each byte (ISO 8859-1), so that
 * obs-text (RFC 9110 5.5) neither fails nor changes. The platform's "latin1" decoder is
 * windows-1252 and would change 0x80 to 0x9F.
 *
 * @module
 */

const decoder = /* @__PURE__ */ new TextDecoder();
const encoder = /* @__PURE__ */ new TextEncoder();

/** Decodes bytes that are known to be below 0x80: far faster than {@linkcode latin1ToString}. */
export function asciiToString(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Engines take a limited number of arguments. */
const MOST_ARGUMENTS = 1024;

/** Decodes bytes, each to the character of the same number. */
export function latin1ToString(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += MOST_ARGUMENTS) {
    const codes = bytes.subarray(start, start + MOST_ARGUMENTS);
    text += Reflect.apply(String.fromCharCode, null, codes);
  }
  return text;
}

/** Encodes text whose characters are all below 0x100 (which its writer has checked). */
export function stringToLatin1(text: string): Uint8Array {
  const utf8 = encoder.encode(text);
  if (utf8.length === text.length) return utf8;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
