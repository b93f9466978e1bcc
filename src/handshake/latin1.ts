/**
 * Converts the bytes of a head to text and back, one character for each byte (ISO 8859-1), so that
 * obs-text (RFC 9110 section 5.5) neither fails nor changes. The platform's "latin1" decoder is
 * windows-1252, which maps 0x80 to 0x9F to other characters.
 *
 * @module
 */

const decoder = /* @__PURE__ */ new TextDecoder();
const encoder = /* @__PURE__ */ new TextEncoder();

/** Decodes bytes that are all below 0x80, much faster than {@linkcode latin1ToString}. */
export function asciiToString(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Most arguments of one call of `String.fromCharCode`, because engines limit their number. */
const MAX_ARGUMENTS = 1024;

/** Decodes each byte to the character with the same number. */
export function latin1ToString(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += MAX_ARGUMENTS) {
    const codes = bytes.subarray(start, start + MAX_ARGUMENTS);
    text += Reflect.apply(String.fromCharCode, null, codes);
  }
  return text;
}

/** Encodes text whose characters are all below 0x100, which the caller has checked. */
export function stringToLatin1(text: string): Uint8Array {
  const utf8 = encoder.encode(text);
  if (utf8.length === text.length) return utf8;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
