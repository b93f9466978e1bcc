/**
 * Makes Node's `Buffer`, for code that expects one.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Makes a `Buffer` over the same bytes. */
export function toBuffer(bytes: Uint8Array): Uint8Array {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
