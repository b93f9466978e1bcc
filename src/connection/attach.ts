/**
 * Connects a handler with a wire, and starts the handler.
 *
 * @module
 */
import type { WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { AttachOptions } from "./attach_options.ts";
import { attachReader } from "./attach_reader.ts";
import { MessageRunner } from "./message_runner.ts";
import { SessionRunner } from "./session_runner.ts";

/**
 * Opens a connection and runs a handler on it. If the handler is `null`, the caller reads the
 * connection itself, as a client does.
 */
export function attach(
  handler: WebSocketHandler | null,
  options: AttachOptions,
): WebSocketConnection {
  if (handler === null) return attachReader(options);
  const runner = handler.session !== undefined
    ? new SessionRunner(handler, options)
    : new MessageRunner(handler, options);
  const { connection } = runner, { wire, context, early } = options;
  runner.start();
  context.onOpen?.(connection, wire);
  runner.run();
  if (early !== undefined && early.length > 0) wire.receive(early);
  return connection;
}
