/**
 * Converts the values that hooks send to messages.
 *
 * @module
 */
import type { Message } from "../message.ts";

/**
 * Converts a value to a message, as crossws does: strings and bytes are unchanged, numbers and
 * similar values become text, plain objects and arrays become JSON.
 *
 * @throws {TypeError} if the value cannot be sent.
 */
export function toMessage(value: unknown): Message {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (value === undefined || value === null) return "";
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
    return String(value);
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (isPlain(value)) return JSON.stringify(value);
  throw new TypeError(
    `send: must be a string, bytes, a number or a plain object, not ${typeof value}`,
  );
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}
