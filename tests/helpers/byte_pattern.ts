/**
 * A stream of bytes in which each place is recognised: whoever knows the offset knows the byte.
 *
 * @module
 */

/**
 * Length of the pattern before it repeats. A prime, so that it never falls in step with a buffer.
 */
const PERIOD = 65_521;

/** Numbers in [0, 1), the same in each run. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = makeRandom(6455);
const pattern = Uint8Array.from({ length: PERIOD }, () => random() * 256);

/** Fills `bytes[start, end)` with the pattern as it is from `offset` on. */
export function fillPattern(bytes: Uint8Array, start: number, end: number, offset: number): void {
  for (let at = start; at < end;) {
    const from = (offset + at - start) % PERIOD;
    const length = Math.min(PERIOD - from, end - at);
    bytes.set(pattern.subarray(from, from + length), at);
    at += length;
  }
}

/** Index of the first byte of `bytes` that is not the pattern as it is from `offset` on, or -1. */
export function findPatternFault(bytes: Uint8Array, offset: number): number {
  let from = offset % PERIOD;
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index] !== pattern[from]) return index;
    if (++from === PERIOD) from = 0;
  }
  return -1;
}
