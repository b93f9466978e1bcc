/**
 * Makes the events of a socket's end.
 *
 * @module
 */
import type { Outcome } from "./socket_core.ts";
import { CloseEvent, ErrorEvent, type SocketCloseEvent, type SocketErrorEvent } from "./events.ts";

/** The `error` event of a failed connection. */
export function makeErrorEvent(cause: unknown): SocketErrorEvent {
  const message = cause instanceof Error ? cause.message : "the connection was failed";
  return new ErrorEvent("error", { message, error: cause });
}

/** The `close` event. */
export function makeCloseEvent({ wasClean, code, reason }: Outcome): SocketCloseEvent {
  return new CloseEvent("close", { wasClean, code, reason });
}
