/**
 * Ways to cut a byte stream into chunks. A network may cut it anywhere, so tests should too.
 *
 * @module
 */

import { atLeast } from "../options.ts";

/** Cuts one chunk into the chunks that arrive. */
export type Splitter = (chunk: Uint8Array) => Uint8Array[];

/** Leaves chunks as they were written. */
export function whole(chunk: Uint8Array): Uint8Array[] {
  return [chunk];
}

/** Cuts chunks into single bytes. */
export function everyByte(chunk: Uint8Array): Uint8Array[] {
  return cut(chunk, () => 1);
}

/**
 * Cuts chunks into pieces of at most `bytes`.
 *
 * @throws {RangeError} if `bytes` is below 1.
 */
export function sized(bytes: number): Splitter {
  atLeast(1, "sized: bytes", bytes);
  return (chunk) => cut(chunk, () => bytes);
}

/**
 * Cuts chunks into pieces of 1 to `maxBytes` bytes, of pseudo-random sizes. The same `seed` gives
 * the same sizes.
 */
export function random(seed: number, maxBytes = 64): Splitter {
  atLeast(-Infinity, "random: seed", seed);
  atLeast(1, "random: maxBytes", maxBytes);
  let state = seed >>> 0;
  return (chunk) =>
    cut(chunk, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return 1 + (state >>> 8) % maxBytes;
    });
}

function cut(chunk: Uint8Array, nextSize: () => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < chunk.length;) {
    const end = Math.min(at + nextSize(), chunk.length);
    pieces.push(chunk.slice(at, end));
    at = end;
  }
  return pieces;
}
