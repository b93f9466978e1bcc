/**
 * SHA-1 (FIPS 180-4), which RFC 6455 section 4.2.2 asks for as proof that the server
 * understood the request. It protects nothing here, so its weakness does no harm.
 *
 * Our own because `crypto.subtle` is asynchronous, which would put a turn of the event
 * loop into each handshake, and `node:crypto` is not everywhere.
 *
 * @module
 */

/** The message schedule; shared, because hashing is never interrupted. */
const schedule = new Int32Array(80);

/** The 20-byte SHA-1 of bytes (fewer than 2^29, so that their bits fit the length field's low word). */
export function sha1(bytes: Uint8Array): Uint8Array {
  const padded = new DataView(new ArrayBuffer((bytes.length + 8 >> 6 << 6) + 64));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(padded.byteLength - 4, bytes.length * 8);

  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < padded.byteLength; block += 64) {
    const w = schedule;
    for (let t = 0; t < 16; t++) w[t] = padded.getInt32(block + 4 * t);
    for (let t = 16; t < 80; t++) {
      w[t] = rotate(at(w, t - 3) ^ at(w, t - 8) ^ at(w, t - 14) ^ at(w, t - 16), 1);
    }
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4];
    for (let t = 0; t < 80; t++) {
      const mixed = t < 20
        ? (b & c | ~b & d) + 0x5a827999
        : t < 40
        ? (b ^ c ^ d) + 0x6ed9eba1
        : t < 60
        ? (b & c | b & d | c & d) + 0x8f1bbcdc
        : (b ^ c ^ d) + 0xca62c1d6;
      const next = rotate(a, 5) + mixed + e + at(w, t) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    h0 = h0 + a | 0;
    h1 = h1 + b | 0;
    h2 = h2 + c | 0;
    h3 = h3 + d | 0;
    h4 = h4 + e | 0;
  }

  const digest = new DataView(new ArrayBuffer(20));
  [h0, h1, h2, h3, h4].forEach((word, i) => digest.setInt32(4 * i, word));
  return new Uint8Array(digest.buffer);
}

function rotate(word: number, bits: number): number {
  return word << bits | word >>> 32 - bits;
}

/** `w[t]` of an index that is in range, as a number. */
function at(w: Int32Array, t: number): number {
  return w[t] as number;
}
