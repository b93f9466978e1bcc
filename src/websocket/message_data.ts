/**
 * Data of messages: as Web IDL converts what is sent, and as the receiver owns what came.
 *
 * @module
 */
import type { Outgoable } from "./outgoing.ts";
import { toUsvString } from "./arguments.ts";

/** Web IDL's `(BufferSource or Blob or USVString)`. Throws a `TypeError` for shared or resizable memory. */
export function toOutgoable(data: unknown): Outgoable {
  if (typeof data === "string") return data; // a lone surrogate is replaced when it is encoded
  if (data instanceof Blob) return data;
  return toBytes(data) ?? toUsvString(data);
}

/** The bytes of a `BufferSource`, or `null` if it is none. Of one that was transferred there are none. */
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

/** An `ArrayBuffer`, of whatever realm. */
function isArrayBuffer(data: unknown): data is ArrayBuffer {
  return data instanceof ArrayBuffer || tagOf(data) === "[object ArrayBuffer]";
}

/** Others must not change the length or the bytes while they are read. */
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

/** A buffer with these bytes and no others. Small messages share theirs with their neighbours. */
export function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength;
  return isWhole ? buffer : new Uint8Array(bytes).buffer;
}
