/**
 * Masking keys as 32-bit numbers (RFC 6455 section 5.3). The first octet on the wire is the
 * highest.
 *
 * @module
 */

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Rotates a key so that it begins with the octet for `position` of the payload. */
export function rotateKey(maskingKey: number, position: number): number {
  const turn = (position & 3) << 3;
  return turn === 0 ? maskingKey : (maskingKey << turn) | (maskingKey >>> (32 - turn));
}

/** Reverses the order of the four octets. */
export function swapBytes(word: number): number {
  return (word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24);
}

/** Converts a key to the byte order in which this machine reads 32-bit words from memory. */
export function toMachineWord(key: number): number {
  return LITTLE_ENDIAN ? swapBytes(key) : key;
}
