/**
 * Converts messages between the forms of `ws` and those of this library.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Message } from "../message.ts";
import type { RawData } from "./events.ts";
import { notSupported } from "./not_supported.ts";

/** How binary messages come to listeners. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments";

/** The values that can be sent. A number goes as its decimal text, a list of buffers as one message. */
export type BufferLike =
  | string
  | number
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  | readonly number[]
  | readonly Uint8Array[];

/** A message as listeners get it. */
export function toRawData(message: Message, binaryType: BinaryType): RawData {
  if (typeof message === "string") return Buffer.from(message);
  const { buffer, byteOffset, byteLength } = message;
  if (binaryType !== "arraybuffer") {
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    return binaryType === "nodebuffer" ? bytes : [bytes];
  }
  const isAlone = byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return isAlone ? buffer : new Uint8Array(message).buffer;
}

/** The bytes of a value as a `Buffer`, without a copy where that can be. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Converts a value to a message. `binary` decides between text and bytes; by default its type does. */
export function toSendable(
  data: Exclude<BufferLike, Blob>,
  binary: boolean | undefined,
): Message;
export function toSendable(data: BufferLike, binary: boolean | undefined): Message | Blob;
export function toSendable(data: BufferLike, binary: boolean | undefined): Message | Blob {
  const value = typeof data === "number" ? String(data) : data;
  if (typeof value === "string") return binary === true ? Buffer.from(value) : value;
  if (value instanceof Blob) {
    if (binary !== false) return value;
    throw notSupported("send of a Blob with binary: false", "send await blob.text()");
  }
  const bytes = toBytes(value);
  return binary === false ? toBuffer(bytes).toString() : bytes;
}

/** The payload of a ping or pong. */
export function toPayload(data: BufferLike | undefined): Message {
  if (data === undefined || data === null) return "";
  if (data instanceof Blob) throw new TypeError("a Blob cannot be the payload of a ping or pong");
  return toSendable(data, undefined);
}

/** The bytes of what is no string. */
function toBytes(data: Exclude<BufferLike, string | number | Blob>): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  return isBuffers(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Whether it is a message that came in fragments (see `binaryType`). */
function isBuffers(
  data: readonly number[] | readonly Uint8Array[],
): data is readonly Uint8Array[] {
  return Array.isArray(data) && data[0] instanceof Uint8Array;
}
