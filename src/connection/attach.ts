/**
 * Brings a handler and a wire together: from here on, the handler's code runs.
 *
 * @module
 */
import type { WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { AttachOptions } from "./attach_options.ts";
import { MessageRunner } from "./message_runner.ts";
import { SessionRunner } from "./session_runner.ts";

/**
 * Checks the shape of a handler when it is registered.
 *
 * @throws {TypeError} that names what is wrong.
 */
export function checkHandler(handler: WebSocketHandler): WebSocketHandler {
  if (typeof handler !== "object" || handler === null) {
    throw new TypeError(`handler: must be an object with session() or message(), not ${handler}`);
  }
  for (const name of ["session", "open", "message", "close"] as const) {
    const type = typeof handler[name];
    if (type === "function" || type === "undefined") continue;
    throw new TypeError(`handler.${name}: must be a function, not ${type}`);
  }
  if (handler.session !== undefined && handler.message !== undefined) {
    throw new TypeError("handler: must be an object with session() or message(), not both");
  }
  return handler;
}

/**
 * Opens a connection and runs a handler on it. With `null` the caller reads the connection itself,
 * as a client does.
 */
export function attach(
  handler: WebSocketHandler | null,
  options: AttachOptions,
): WebSocketConnection {
  const runner = handler === null || handler.session !== undefined
    ? new SessionRunner(handler, options)
    : new MessageRunner(handler, options);
  const { connection } = runner, { wire, context, early } = options;
  runner.start();
  context.onOpen?.(connection);
  runner.run();
  if (early !== undefined && early.length > 0) wire.receive(early);
  return connection;
}
