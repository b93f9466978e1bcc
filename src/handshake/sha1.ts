/**
 * SHA-1 (FIPS 180-4), which a server uses to prove that it has read the request (RFC 6455 section
 * 4.2.2). It protects no secret here, so its weakness does no harm.
 *
 * The library has its own implementation, because `crypto.subtle` is asynchronous and would add a
 * turn of the event loop to each handshake, and a browser has no `node:crypto`. `| 0` keeps each
 * word a signed 32-bit integer. Without it, words such as 0xefcdab89 would be doubles, with which
 * engines are several times slower.
 *
 * @module
 */

/** The message schedule. Safe to share, because hashing is synchronous. */
const schedule = new Int32Array(80);

/** Memory for the usual message. A key and the GUID fill one block and a part of the next. */
const twoBlocks = new Uint8Array(128);

/**
 * Writes the SHA-1 of a message into the 20 bytes of `digest`, and returns it. The message must
 * have fewer than 2^29 bytes, because its length in bits is kept in 32 bits.
 */
export function sha1(message: Uint8Array, digest: Uint8Array = new Uint8Array(20)): Uint8Array {
  const padded = pad(message);
  const w = schedule;
  let h0 = 0x67452301;
  let h1 = 0xefcdab89 | 0;
  let h2 = 0x98badcfe | 0;
  let h3 = 0x10325476;
  let h4 = 0xc3d2e1f0 | 0;
  for (let block = 0; block < padded.length; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = wordAt(padded, block + 4 * t);
    for (let t = 16; t < 80; t++) {
      w[t] = rotate(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1);
    }
    let a = h0, b = h1, c = h2, d = h3, e = h4;
    for (let t = 0; t < 80; t++) {
      const next = rotate(a, 5) + mix(t, b, c, d) + e + w[t]! | 0;
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
  setWord(digest, 0, h0);
  setWord(digest, 4, h1);
  setWord(digest, 8, h2);
  setWord(digest, 12, h3);
  setWord(digest, 16, h4);
  return digest;
}

function setWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

/**
 * Pads a message with a bit 1, zeros, and its length in bits at the end of a block (section 5.1.1).
 */
function pad(message: Uint8Array): Uint8Array {
  const size = (message.length + 8 >> 6 << 6) + 64;
  const padded = size === twoBlocks.length ? twoBlocks.fill(0) : new Uint8Array(size);
  padded.set(message);
  padded[message.length] = 0x80;
  const bits = message.length * 8;
  for (let i = 1; i <= 4; i++) padded[padded.length - i] = bits >>> 8 * (i - 1);
  return padded;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!;
}

function rotate(word: number, bits: number): number {
  return word << bits | word >>> 32 - bits;
}

/** The function and the constant of round `t` (sections 4.1.1 and 4.2.1). */
function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return (d ^ b & (c ^ d)) + 0x5a827999 | 0;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1 | 0;
  if (t < 60) return (b & c | d & (b | c)) + 0x8f1bbcdc | 0;
  return (b ^ c ^ d) + 0xca62c1d6 | 0;
}
