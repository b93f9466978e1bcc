/**
 * Decides which values `send` takes. `instanceof` alone is not enough, because bytes may come from
 * another realm: code in `node:vm`, and test runners that use it, have an `ArrayBuffer` of their
 * own.
 *
 * @module
 */
import type { Message } from "../message.ts";

/**
 * Converts a string or bytes to a message. Returns `null` for a Blob, a stream or an iterable.
 *
 * @throws {TypeError} for any other value.
 */
export function toMessage(message: unknown): Message | null {
  const whole = toWhole(message);
  if (whole !== null) return whole;
  if (typeof message === "object" && message !== null) {
    if (Symbol.asyncIterator in message || "getReader" in message || isBlob(message)) return null;
  }
  throw new TypeError(
    `send: message must be a string, bytes, a Blob, a stream or an async iterable, not ${
      nameOf(message)
    }`,
  );
}

/** Converts a string or bytes to a message. Returns `null` for any other value. */
export function toWhole(value: unknown): Message | null {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return isBuffer(value) ? new Uint8Array(value) : null;
}

/**
 * Checks that a handler did not return a message: the author would expect it to be sent, and the
 * peer would wait for it.
 */
export function mustNotReturn(result: unknown): void {
  if (toWhole(result) === null) return;
  throw new TypeError("handler: returned a message, which is not sent: call connection.send()");
}

/**
 * Converts the payload of a ping or pong. Other values are passed on to the code that checks them.
 */
export function toPayload(payload: Message | undefined): Message | undefined {
  return payload === undefined ? undefined : toWhole(payload) ?? payload;
}

/** Whether a value is a `Blob`, or a `File`. */
export function isBlob(value: unknown): value is Blob {
  const tag = tagOf(value);
  return tag === "Blob" || tag === "File";
}

function isBuffer(value: unknown): value is ArrayBufferLike {
  const tag = tagOf(value);
  return tag === "ArrayBuffer" || tag === "SharedArrayBuffer";
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** The type of a value, for an error message. */
export function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return value.constructor?.name ?? "object";
}
