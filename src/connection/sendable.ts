/**
 * Which values `send` takes.
 *
 * @module
 */
import type { Sendable } from "../handler.ts";
import type { Message } from "../message.ts";

/**
 * A message that is whole, or `null` for a stream or an iterable.
 *
 * @throws {TypeError} for any other value.
 */
export function toMessage(message: Sendable): Message | null {
  if (typeof message === "string" || message instanceof Uint8Array) return message;
  if (message instanceof ArrayBuffer) return new Uint8Array(message);
  if (typeof message === "object" && message !== null) {
    if (Symbol.asyncIterator in message || "getReader" in message) return null;
  }
  throw new TypeError(
    `send: message must be a string, Uint8Array, ArrayBuffer, ReadableStream or async iterable, not ${
      nameOf(message)
    }`,
  );
}

/** The type of a value, for an error message. */
export function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return value.constructor?.name ?? "object";
}
