/**
 * ASCII by the runtime's own hands. Short texts cost most of what a message costs when
 * JavaScript puts them together; `node:buffer`, which Node, Deno and Bun have, does it in
 * 60 ns (against 100 to 700 by `TextDecoder`, 160 to 400 by `String.fromCharCode`).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { AsciiDecoder } from "../protocol/utf8.ts";

/** What `Buffer` has for any bytes, and its declarations do not tell. */
interface Latin1Slice {
  latin1Slice?(this: Uint8Array, start: number, end: number): string;
}

const { latin1Slice }: Latin1Slice = Buffer.prototype as Latin1Slice;

/** The runtime's decoder; `undefined` where it has none. */
export const decodeAscii: AsciiDecoder | undefined = latin1Slice === undefined
  ? undefined
  : (bytes, start, end) => latin1Slice.call(bytes, start, end);
