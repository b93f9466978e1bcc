/**
 * Masking keys as numbers (RFC 6455 section 5.3): the first of four octets is the highest.
 *
 * @module
 */

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The key as it begins at `position` of a payload. */
export function rotateKey(maskingKey: number, position: number): number {
  const turn = (position & 3) << 3;
  return turn === 0 ? maskingKey : (maskingKey << turn) | (maskingKey >>> (32 - turn));
}

/** The same four octets in the other order. */
export function swapBytes(word: number): number {
  return (word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24);
}

/** The key as the machine reads its octets from memory: words are XORed in its byte order. */
export function toMachineWord(key: number): number {
  return LITTLE_ENDIAN ? swapBytes(key) : key;
}
