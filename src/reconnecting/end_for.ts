/**
 * Makes the end of a connection that is not replaced any more.
 *
 * @module
 */
import type { PausableWire } from "../native/pausable_wire.ts";
import { WebSocketError } from "../errors.ts";
import { endLike } from "../native/attach_pausable.ts";
import { isCloseInfo } from "./options.ts";

/**
 * Ends the program's connection. `cause` is how the last underlying connection ended, or the error
 * of the attempts.
 */
export function endFor(cause: unknown, how: { wire: PausableWire; isAsked: boolean }): void {
  const isGivenUp = cause instanceof WebSocketError && cause.code === "ERR_RECONNECT";
  const under = isGivenUp ? cause.cause : cause;
  if (!isCloseInfo(under)) how.wire.onClosed(cause);
  else if (isGivenUp && !under.wasClean) how.wire.onClosed(cause);
  else endLike(under, how);
}
