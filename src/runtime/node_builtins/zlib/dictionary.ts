/**
 * Gives zlib a window in one of two ways: as its dictionary, or as stored blocks before the
 * message.
 *
 * @module
 */
import { deflateRawSync } from "node:zlib";

/**
 * Whether zlib uses a dictionary for raw streams. Deno ignores it (2.9.6). It is tested once, at
 * the first use.
 */
export function takesDictionary(): boolean {
  return hasTaken ??= tryDictionary();
}

let hasTaken: boolean | null = null;

function tryDictionary(): boolean {
  const dictionary = new TextEncoder().encode("does zlib look at its dictionary?");
  return deflateRawSync(dictionary, { dictionary }).length < dictionary.length / 2;
}

/** Most bytes of a stored block (RFC 1951 section 3.2.4). */
const MOST_STORED_BYTES = 0xffff;
const STORED_HEADER_BYTES = 5;

/**
 * Encodes bytes as stored blocks, which need no compression. Inflated before a message, they fill
 * its window like a dictionary.
 */
export function storedBlocks(bytes: Uint8Array): Uint8Array {
  const count = Math.ceil(bytes.length / MOST_STORED_BYTES);
  const blocks = new Uint8Array(bytes.length + count * STORED_HEADER_BYTES);
  let at = 0;
  for (let start = 0; start < bytes.length; start += MOST_STORED_BYTES) {
    const block = bytes.subarray(start, start + MOST_STORED_BYTES), { length } = block;
    blocks.set([0, length, length >> 8, ~length, ~length >> 8], at);
    blocks.set(block, at + STORED_HEADER_BYTES);
    at += STORED_HEADER_BYTES + length;
  }
  return blocks;
}
