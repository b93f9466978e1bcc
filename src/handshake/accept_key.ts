/**
 * The key of the opening handshake, and the answer by which a server proves that it has read the
 * key (RFC 6455 sections 4.1 (7) and 4.2.2 (5) /key/).
 *
 * @module
 */
import { encodeBase64, writeBase64 } from "./base64.ts";
import { stringToLatin1 } from "./latin1.ts";
import { sha1 } from "./sha1.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

// 128 bits are 21 characters of 6 bits and one whose low 4 bits must be 0 (RFC 4648 3.5).
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Whether the text is the canonical base64 of 16 bytes. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

/**
 * Encodes 16 random bytes as a `Sec-WebSocket-Key`. They come from the caller, because nothing in
 * this folder is random.
 *
 * @throws {RangeError} if there are not 16 bytes.
 */
export function makeKey(random16: Uint8Array): string {
  if (random16.length !== 16) throw new RangeError("a key has 16 bytes (RFC 6455 4.1 (7))");
  return encodeBase64(random16);
}

/** Returns the SHA-1 of an ASCII text in base64. */
export type HashToBase64 = (text: string) => string;

/** Our own SHA-1, which takes 2 µs, and 20 times as long before it is compiled. */
const ownHash: HashToBase64 = (text) => encodeBase64(sha1(stringToLatin1(text)));

/** Computes the `Sec-WebSocket-Accept` that answers a key, by the SHA-1 of the runtime if given. */
export function acceptKey(key: string, hash: HashToBase64 = ownHash): string {
  return hash(key + GUID);
}

const KEY_LENGTH = 24;
/**
 * Scratch memory: the key, which changes, and the GUID. Safe to share, because hashing is
 * synchronous.
 */
const hashed = /* @__PURE__ */ stringToLatin1(" ".repeat(KEY_LENGTH) + GUID);
const digest = /* @__PURE__ */ new Uint8Array(20);

/**
 * Writes the result of {@linkcode acceptKey} as 28 bytes of ASCII. {@linkcode isKey} must hold for
 * the key.
 */
export function writeAcceptKey(
  key: string,
  out: Uint8Array,
  { at, hash }: { readonly at: number; readonly hash?: HashToBase64 | undefined },
): void {
  if (hash === undefined) {
    for (let index = 0; index < KEY_LENGTH; index++) hashed[index] = key.charCodeAt(index);
    return writeBase64(sha1(hashed, digest), out, at);
  }
  const accept = acceptKey(key, hash);
  for (let index = 0; index < accept.length; index++) out[at + index] = accept.charCodeAt(index);
}
