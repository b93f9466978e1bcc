/**
 * Attaches a handler that is checked first, for callers that load this when they are given one.
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
