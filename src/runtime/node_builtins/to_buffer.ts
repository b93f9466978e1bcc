/**
 * Node's `Buffer`, for those whose code expects one.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** A `Buffer` over the same bytes. */
export function toBuffer(bytes: Uint8Array): Uint8Array {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
