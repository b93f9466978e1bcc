/**
 * Checks a handler and attaches it. Clients load this module only when they are given a handler.
 *
 * @module
 */
import type { WebSocketConnection, WebSocketHandler } from "../handler.ts";
import { attach } from "./attach.ts";
import type { AttachOptions } from "./attach_options.ts";
import { checkHandler } from "./check_handler.ts";

/**
 * Makes the function that attaches a handler.
 *
 * @throws {TypeError} if the handler has the wrong shape.
 */
export function attachChecked(
  handler: WebSocketHandler,
): (options: AttachOptions) => WebSocketConnection {
  checkHandler(handler);
  return (options) => attach(handler, options);
}
