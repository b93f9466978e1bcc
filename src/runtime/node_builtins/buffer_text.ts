/**
 * Checks, decodes and encodes texts by `node:buffer`, which Node, Deno and Bun have. This is most
 * of the cost of a short message: `node:buffer` makes a string of 64 bytes in 60 to 110 ns,
 * `TextDecoder` in 150 to 500.
 *
 * @module
 */
import { Buffer, isUtf8 as isValid } from "node:buffer";
import type { TextAcceleration } from "../../protocol/utf8.ts";

/**
 * `TextAcceleration.maxBatchBytes` on V8: room for 14 texts of 64 bytes, because larger batches
 * save hardly more. A text that is kept keeps at most this many bytes of its neighbours alive.
 */
export const V8_BATCH_BYTES = 1024;

/** Methods of `Buffer` that take any bytes and are missing in its declarations. */
interface TextMethods {
  latin1Slice?(this: Uint8Array, start: number, end: number): string;
  utf8Write?(this: Uint8Array, text: string, at: number, most: number): number;
}

const { latin1Slice, utf8Write }: TextMethods = Buffer.prototype as TextMethods;

/** Makes a string of ASCII bytes; `undefined` where the runtime has no `latin1Slice`. */
export const decodeAscii: TextAcceleration["decodeAscii"] = latin1Slice === undefined
  ? undefined
  : (bytes, start, end) => latin1Slice.call(bytes, start, end);

/**
 * Writes a short text. On Node this takes 35 ns, a loop 150 ns, and `TextEncoder` 100 ns; on Bun
 * 45, 75 and 70 ns. Deno does not use it, because it is slower than the loop there.
 */
export const writeUtf8: TextAcceleration["writeUtf8"] = utf8Write === undefined
  ? undefined
  : (text, bytes, at) => utf8Write.call(bytes, text, at, bytes.length - at);

/** Checks 64 KiB in 4 µs on Node, 2 on Bun and 20 on Deno, where a loop takes 30 to 100. */
export const isUtf8: TextAcceleration["isUtf8"] = isValid;
