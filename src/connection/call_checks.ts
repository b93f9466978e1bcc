/**
 * Checks of the calls on a connection, and of what its handler returns.
 *
 * @module
 */
import type { ReadOptions, SendOptions } from "../handler.ts";
import { atLeast, describe, type OptionCheck, type OptionChecks } from "../options.ts";
import { nameOf, toWhole } from "./sendable.ts";

const isBoolean: OptionCheck = (option, value) => {
  if (typeof value !== "boolean") {
    throw new TypeError(`${option}: must be a boolean, not ${describe(value)}`);
  }
};

/** An `AbortSignal`, of whatever realm. */
export const isSignal: OptionCheck = (option, value) => {
  if (typeof value === "object" && value !== null && "aborted" in value) return;
  throw new TypeError(`${option}: must be an AbortSignal, not ${describe(value)}`);
};

/** A check for each option of `send`. */
export const SEND_CHECKS: OptionChecks<SendOptions> = {
  final: isBoolean,
  compress: isBoolean,
  signal: isSignal,
};

/** A check for each option of a read. */
export const READ_CHECKS: OptionChecks<ReadOptions> = {
  timeoutMs: (option, value) => void atLeast(0, option, value),
  signal: isSignal,
};

/** The error of a close reason that is none, or too long. */
export function wrongReason(reason: unknown): Error {
  if (typeof reason !== "string") {
    return new TypeError(`close: reason must be a string, not ${nameOf(reason)}`);
  }
  const { length } = new TextEncoder().encode(reason);
  return new RangeError(`close: reason is ${length} bytes of UTF-8, and was cut: at most 123 fit`);
}

/** Whether a value that a handler has returned is a message. */
export function isMessage(result: unknown): boolean {
  return (typeof result === "string" || typeof result === "object") && toWhole(result) !== null;
}

/** The error of a handler that has returned one. */
export function returnedMessage(message: unknown): TypeError {
  const what = typeof message === "string" ? "a string" : nameOf(message);
  return new TypeError(
    `handler: returned ${what}, which is not sent; call connection.send() to send it`,
  );
}
