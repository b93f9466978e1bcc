/**
 * Frames written as RFC 6455 section 5.2 draws them, bit by bit.
 *
 * `bits('1 000 0001 m 0000101 "Hello"', "client")`: FIN, RSV, opcode, MASK, length, payload.
 *
 * - `0` and `1` are bits, grouped as one likes; `+007e` is an extended length in hexadecimal
 * - `m` is the mask bit the sender must set; the rest of the frame is then masked with
 *   {@linkcode KEY}
 * - `"Hello"` is UTF-8; `x37fa` are bytes in hexadecimal; `*300` are 300 bytes of
 *   {@linkcode filler}; `|` begins the next frame
 *
 * @module
 */
import type { Role } from "../../src/protocol/role.ts";

/** The masking key of the examples of section 5.7. */
export const KEY = 0x37fa213d;

const TOKENS = /"[^"]*"|\S+/g;
const encoder = new TextEncoder();

/** Letters, which are text and data alike; 23 of them, so that a wrong step in masking shows. */
export function filler(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => 97 + index % 23);
}

/** Makes the bytes that `from` would send. */
export function bits(drawing: string, from: Role): Uint8Array {
  const frames = drawing.split("|").map((frame) => drawFrame(frame, from));
  return concat(frames);
}

/** Puts bytes together. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function drawFrame(drawing: string, from: Role): Uint8Array {
  let header = "", isMasked = false;
  const payload: Uint8Array[] = [];
  for (const token of drawing.match(TOKENS) ?? []) {
    if (token === "m") {
      isMasked = from === "client";
      header += isMasked ? "1" : "0";
    } else if (/^[01]+$/.test(token)) header += token;
    else if (token.startsWith("+")) {
      for (const digit of token.slice(1)) {
        header += parseInt(digit, 16).toString(2).padStart(4, "0");
      }
    } else payload.push(drawPayload(token));
  }
  const bytes = concat(payload);
  return isMasked
    ? concat([packBits(header), drawPayload(`x${KEY.toString(16)}`), mask(bytes)])
    : concat([packBits(header), bytes]);
}

function drawPayload(token: string): Uint8Array {
  if (token.startsWith('"')) return encoder.encode(token.slice(1, -1));
  if (token.startsWith("*")) return filler(Number(token.slice(1)));
  const hex = /^x((?:[0-9a-f]{2})+)$/.exec(token)?.[1];
  if (hex === undefined) throw new Error(`bits: cannot read ${token}`);
  return Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
}

function packBits(drawn: string): Uint8Array {
  if (drawn.length % 8 !== 0) throw new Error(`bits: ${drawn} is not whole bytes`);
  return Uint8Array.from(drawn.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
}

/** Section 5.3 word for word: octet i is XORed with octet i modulo 4 of the key. */
function mask(bytes: Uint8Array): Uint8Array {
  return bytes.map((octet, i) => octet ^ (KEY >>> (8 * (3 - i % 4)) & 0xff));
}
