/**
 * Checks of a handler's shape. Without them a misspelled method would leave every client waiting
 * for ever, with no error on either side.
 *
 * @module
 */
import type { WebSocketHandler } from "../handler.ts";
import { describe } from "../options.ts";

/** All methods of a handler. */
export const METHODS = ["session", "open", "message", "close"] as const;

/**
 * Checks a handler before its first connection.
 *
 * @throws {TypeError} if it is no object, a method is no function, it has both `session` and
 * `message`, or none of the four methods.
 */
export function checkHandler(handler: WebSocketHandler): WebSocketHandler {
  if (typeof handler !== "object" || handler === null) {
    const what = describe(handler);
    throw new TypeError(`handler: must be an object with session() or message(), not ${what}`);
  }
  for (const name of METHODS) {
    const type = typeof handler[name];
    if (type === "function" || type === "undefined") continue;
    throw new TypeError(`handler.${name}: must be a function, not ${type}`);
  }
  if (handler.session !== undefined && handler.message !== undefined) {
    throw new TypeError("handler: must be an object with session() or message(), not both");
  }
  if (METHODS.every((name) => handler[name] === undefined)) {
    throw new TypeError("handler: has no session(), message(), open() or close()");
  }
  return handler;
}
