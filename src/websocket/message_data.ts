/**
 * Converts the data of messages: outgoing data by the rules of Web IDL, and received bytes to
 * buffers that the receiver owns.
 *
 * @module
 */
import type { Outgoable } from "./outgoing.ts";
import { toUsvString } from "./arguments.ts";

/**
 * Web IDL's `(BufferSource or Blob or USVString)`. Throws a `TypeError` for shared or resizable
 * memory.
 */
export function toOutgoable(data: unknown): Outgoable {
  if (typeof data === "string") return data; // encoding replaces lone surrogates
  if (data instanceof Blob) return data;
  return toBytes(data) ?? toUsvString(data);
}

/**
 * Returns the bytes of a `BufferSource`, or `null` if the value is none. A transferred buffer has
 * no bytes.
 */
export function toBytes(data: unknown): Uint8Array | null {
  if (ArrayBuffer.isView(data)) {
    mustBeOwn(data.buffer);
    if (data.byteLength === 0) return new Uint8Array(0);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (!isArrayBuffer(data)) return null;
  mustBeOwn(data);
  return data.byteLength === 0 ? new Uint8Array(0) : new Uint8Array(data);
}

/** Whether a value is an `ArrayBuffer` of any realm. */
function isArrayBuffer(data: unknown): data is ArrayBuffer {
  return data instanceof ArrayBuffer || tagOf(data) === "[object ArrayBuffer]";
}

/** Throws for shared or resizable memory, which could change while it is read. */
function mustBeOwn(buffer: ArrayBufferLike & { readonly resizable?: boolean }): void {
  if (!isArrayBuffer(buffer)) {
    throw new TypeError("send: a view of shared memory cannot be sent, a copy can");
  }
  if (buffer.resizable === true) {
    throw new TypeError("send: a resizable ArrayBuffer cannot be sent, a copy can");
  }
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/**
 * Returns a buffer with exactly these bytes. Small messages share their buffer with others, so they
 * are copied.
 */
export function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength;
  return isWhole ? buffer : new Uint8Array(bytes).buffer;
}
