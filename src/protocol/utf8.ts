/**
 * UTF-8 of text messages (RFC 6455 section 8.1): checked as the bytes arrive, so that an
 * invalid byte fails the connection at once.
 *
 * @module
 */

const fatalDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to this many bytes of ASCII, building the string here is faster than a call of the decoder. */
const SHORT = 64;

/** Ways with short texts that are faster on some platform than what all have in common. */
export interface TextAcceleration {
  /** Makes a string of `bytes[start, end)`, all of which are ASCII. */
  readonly decodeAscii?: ((bytes: Uint8Array, start: number, end: number) => string) | undefined;
  /**
   * Most bytes of texts that are decoded together, where a part of a string costs less than a
   * string; it keeps the whole. Default 0: each is decoded alone.
   */
  readonly maxBatchBytes?: number | undefined;
  /**
   * Writes the UTF-8 of `text` at `bytes[at]`, where there is room, and returns its length.
   * Lone surrogates become U+FFFD, as `TextEncoder` has it.
   */
  readonly writeUtf8?: ((text: string, bytes: Uint8Array, at: number) => number) | undefined;
}

/** Decodes a whole text; `null` when it is not UTF-8. A byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | null {
  if (end - start <= SHORT && skipAscii(bytes, start, end) === end) {
    return decodeShortAscii(bytes, start, end);
  }
  try {
    return fatalDecoder.decode(bytes.subarray(start, end));
  } catch {
    return null; // the platform's way to say that the bytes are not UTF-8
  }
}

/** Decodes what a {@linkcode Utf8Validator} has accepted as complete. */
export function decodeValidUtf8(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes);
}

/** {@linkcode TextAcceleration.decodeAscii} of any platform. */
export function decodeShortAscii(bytes: Uint8Array, start: number, end: number): string {
  let text = "", at = start;
  for (const whole = end - 7; at < whole; at += 8) {
    text += String.fromCharCode(
      bytes[at]!,
      bytes[at + 1]!,
      bytes[at + 2]!,
      bytes[at + 3]!,
      bytes[at + 4]!,
      bytes[at + 5]!,
      bytes[at + 6]!,
      bytes[at + 7]!,
    );
  }
  for (; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** Checks UTF-8 that arrives in pieces (RFC 3629 section 4: no overlong forms, no surrogates). */
export class Utf8Validator {
  #missing = 0; // continuation bytes that the character in progress still needs
  #lowest = 0x80; // bounds of the next continuation byte: only the first of a
  #highest = 0xbf; // character can have narrower ones

  /** Whether the bytes so far end with a whole character. */
  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Takes the next bytes; `false` as soon as one of them cannot be UTF-8. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      if (this.#missing === 0) {
        at = skipWhole(bytes, at, end);
        if (at === end) return true;
        if (!this.#begin(bytes[at++]!)) return false;
      } else {
        const byte = bytes[at++]!;
        if (byte < this.#lowest || byte > this.#highest) return false;
        this.#lowest = 0x80;
        this.#highest = 0xbf;
        this.#missing--;
      }
    }
    return true;
  }

  /** Forgets all, for the next message. */
  reset(): void {
    this.#missing = 0;
    this.#lowest = 0x80;
    this.#highest = 0xbf;
  }

  #begin(lead: number): boolean {
    if (lead < 0xc2 || lead > 0xf4) return false; // a stray continuation, C0, C1, or beyond U+10FFFF
    if (lead < 0xe0) this.#missing = 1;
    else if (lead < 0xf0) this.#missing = 2;
    else this.#missing = 3;
    if (lead === 0xe0) this.#lowest = 0xa0; // overlong
    else if (lead === 0xed) this.#highest = 0x9f; // surrogates
    else if (lead === 0xf0) this.#lowest = 0x90; // overlong
    else if (lead === 0xf4) this.#highest = 0x8f; // beyond U+10FFFF
    return true;
  }
}

function skipAscii(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (const whole = end - 7; at < whole; at += 8) {
    const bits = bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]! |
      bytes[at + 4]! | bytes[at + 5]! | bytes[at + 6]! | bytes[at + 7]!;
    if (bits > 0x7f) break;
  }
  while (at < end && bytes[at]! <= 0x7f) at++;
  return at;
}

/** Skips whole characters, as far as they are valid and the longest would fit. */
function skipWhole(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (;;) {
    if (bytes[at]! <= 0x7f) at = skipAscii(bytes, at, end);
    if (end - at < 4) return at;
    const lead = bytes[at]!, second = bytes[at + 1]!;
    if ((second & 0xc0) !== 0x80 || lead < 0xc2) return at;
    if (lead < 0xe0) {
      at += 2;
      continue;
    }
    if ((bytes[at + 2]! & 0xc0) !== 0x80) return at;
    if (lead < 0xf0) {
      if (lead === 0xe0 ? second < 0xa0 : lead === 0xed && second > 0x9f) return at;
      at += 3;
    } else {
      if ((bytes[at + 3]! & 0xc0) !== 0x80 || lead > 0xf4) return at;
      if (lead === 0xf0 ? second < 0x90 : lead === 0xf4 && second > 0x8f) return at;
      at += 4;
    }
  }
}
