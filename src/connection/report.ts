/**
 * Errors of the application's code on their way to `onError`, whatever they are.
 *
 * @module
 */
import { WebSocketError } from "../errors.ts";
import { isPromise } from "../promises.ts";

/**
 * Calls `onError` by `tell`. Never throws: neither what that throws nor what it rejects with, although
 * its type has no promise, goes further.
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
 * Calls a callback that is told something. What it throws, or rejects with although its type has no
 * promise, goes to `onError` and no further.
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

/** Whether an error says that the connection is closed. Of a `Proxy` even that question may throw. */
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
    // An object that throws when it is shown has nothing to say.
  }
}
