/**
 * Errors for the limits of Deno's sockets.
 *
 * @module
 */
import { WebSocketError } from "../../errors.ts";

/**
 * Makes the error for an option, or a combination of options, that Deno's sockets do not support.
 */
export function notSupported(what: string): WebSocketError {
  return new WebSocketError("ERR_NOT_SUPPORTED", `Deno's sockets cannot do ${what}`);
}
