/**
 * Unmasking of short payloads (RFC 6455 section 5.3), many of which may lie in one chunk. All
 * octets pass here, so it tells what a text is asked next: whether they were ASCII.
 *
 * @module
 */
import { rotateKey, toMachineWord } from "./mask_key.ts";

/** What is or-ed of octets that were not looked at: they may be anything. */
export const ANY_OCTETS = 0xff;
/** The least octet that is not ASCII. */
export const NOT_ASCII = 0x80;
/** Octets that are not ASCII have this bit, in each octet of a word. */
const NOT_ASCII_BITS = 0x80808080;
/** Below this a loop over octets is as fast. */
const MIN_WORDS_LENGTH = 16;

/** The aligned 32-bit words of a chunk. */
export class ChunkWords {
  readonly view: Uint32Array;
  /** Index of the chunk's first octet that is aligned. */
  readonly start: number;

  constructor(chunk: Uint8Array) {
    const { buffer, byteOffset, length } = chunk;
    this.start = -byteOffset & 3;
    this.view = new Uint32Array(buffer, byteOffset + this.start, (length - this.start) >>> 2);
  }
}

/**
 * XORs `bytes[start, end)` with a masking key whose first octet is the highest, by `words` of
 * the same chunk if there are any. Returns the octets that came out, or-ed: below 0x80 if all
 * of them are ASCII.
 */
export function applyShortMask(
  bytes: Uint8Array,
  words: ChunkWords | null,
  start: number,
  end: number,
  maskingKey: number,
): number {
  if (words === null || end - start < MIN_WORDS_LENGTH) {
    return maskOctets(bytes, start, end, maskingKey);
  }
  const { view, start: first } = words, before = (first - start) & 3;
  let octets = 0, at = start, key = maskingKey;
  if (before > 0) {
    at = start + before;
    octets = maskOctets(bytes, start, at, key);
    key = rotateKey(key, before);
  }
  const word = toMachineWord(key), stop = (end - first) >>> 2;
  let seen = 0, index = (at - first) >>> 2;
  for (const whole = stop - 3; index < whole; index += 4) { // four: a third less time on V8 than one
    seen |= (view[index]! ^= word) | (view[index + 1]! ^= word) | (view[index + 2]! ^= word) |
      (view[index + 3]! ^= word);
  }
  for (; index < stop; index++) seen |= view[index]! ^= word;
  if ((seen & NOT_ASCII_BITS) !== 0) octets = ANY_OCTETS;
  at = first + (stop << 2);
  return at < end ? octets | maskOctets(bytes, at, end, key) : octets;
}

/**
 * Makes an unmasked copy of `bytes[start, end)`. Where views cost much, as on Bun, this takes
 * two thirds of the time of unmasking and copying one after the other. A loop of its own: one
 * that also masks in place makes a short message take 6 % longer there, a text 12 %.
 */
export function unmaskedCopy(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
): Uint8Array {
  const copy = new Uint8Array(end - start), whole = copy.length - 3;
  const k0 = key >>> 24, k1 = (key >>> 16) & 0xff, k2 = (key >>> 8) & 0xff, k3 = key & 0xff;
  let from = start, to = 0;
  for (; to < whole; to += 4, from += 4) {
    copy[to] = bytes[from]! ^ k0;
    copy[to + 1] = bytes[from + 1]! ^ k1;
    copy[to + 2] = bytes[from + 2]! ^ k2;
    copy[to + 3] = bytes[from + 3]! ^ k3;
  }
  if (from < end) copy[to] = bytes[from]! ^ k0;
  if (from + 1 < end) copy[to + 1] = bytes[from + 1]! ^ k1;
  if (from + 2 < end) copy[to + 2] = bytes[from + 2]! ^ k2;
  return copy;
}

function maskOctets(bytes: Uint8Array, start: number, end: number, key: number): number {
  const k0 = key >>> 24, k1 = (key >>> 16) & 0xff, k2 = (key >>> 8) & 0xff, k3 = key & 0xff;
  let at = start, octets = 0;
  for (const whole = end - 3; at < whole; at += 4) {
    octets |= (bytes[at]! ^= k0) | (bytes[at + 1]! ^= k1) | (bytes[at + 2]! ^= k2) |
      (bytes[at + 3]! ^= k3);
  }
  if (at < end) octets |= bytes[at]! ^= k0;
  if (at + 1 < end) octets |= bytes[at + 1]! ^= k1;
  if (at + 2 < end) octets |= bytes[at + 2]! ^= k2;
  return octets;
}
