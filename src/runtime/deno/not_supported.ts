/**
 * Errors for the limits of Deno's sockets.
 *
 * @module
 */
import { WebSocketError } from "../../errors.ts";

/** The error for options whose combination Deno has no way to do. */
export function notSupported(what: string): WebSocketError {
  return new WebSocketError("ERR_NOT_SUPPORTED", `Deno's sockets cannot do ${what}`);
}
