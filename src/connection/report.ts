/**
 * Passes errors of the application's code to `onError`, whatever values were thrown.
 *
 * @module
 */
import { WebSocketError } from "../errors.ts";
import { isPromise } from "../promises.ts";

/**
 * Calls `onError` through `tell`. Never throws: an error that `onError` throws, or rejects with, is
 * dropped.
 */
export function report(tell: () => unknown): void {
  try {
    const told = tell();
    if (isPromise(told)) told.then(undefined, warn);
  } catch (failure) {
    warn(failure);
  }
}

/**
 * Calls a callback whose result is ignored. If it throws or rejects, the error is passed to
 * `onError`.
 */
export function tell(callback: () => unknown, onError: (error: unknown) => unknown): void {
  const fail = (error: unknown): void => report(() => onError(error));
  try {
    const told = callback();
    if (isPromise(told)) told.then(undefined, fail);
  } catch (error) {
    fail(error);
  }
}

/**
 * Whether an error is the one of a closed connection. Reading the code may throw if the value is a
 * `Proxy`.
 */
export function isClosedError(error: unknown): boolean {
  try {
    return error instanceof WebSocketError && error.code === "ERR_CLOSED";
  } catch {
    return false;
  }
}

function warn(failure: unknown): void {
  try {
    console.error("onError threw", failure);
  } catch {
    // An object that throws when it is printed is not printed.
  }
}
