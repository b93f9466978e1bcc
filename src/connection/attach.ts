/**
 * Brings a handler and a wire together: from here on, the handler's code runs.
 *
 * @module
 */
import type { WebSocketConnection, WebSocketHandler } from "../handler.ts";
import { NORMAL_CLOSURE } from "../protocol/close_code.ts";
import type { AttachOptions } from "./attach_options.ts";
import { Attachment } from "./attachment.ts";
import { PullReceiver } from "./pull_receiver.ts";
import { PushReceiver } from "./push_receiver.ts";

/** Checks a handler's shape, when it is registered; throws a `TypeError` that says what is wrong. */
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
 * Opens a connection and runs a handler on it; with `null`, for code that reads it itself
 * (a client).
 */
export function attach(
  handler: WebSocketHandler | null,
  options: AttachOptions,
): WebSocketConnection {
  const isPull = handler === null || handler.session !== undefined;
  const attachment = isPull ? new Session(handler, options) : new PushReceiver(handler, options);
  const { connection } = attachment, { wire, context, rest } = options;
  attachment.start();
  context.onOpen?.(connection);
  attachment.run();
  if (rest.length > 0) wire.receive(rest);
  return connection;
}

/** A handler that reads by itself, or code that does without one. */
class Session extends Attachment {
  readonly #pull: PullReceiver;

  constructor(handler: WebSocketHandler | null, options: AttachOptions) {
    const { wire, context: { platform: { clock }, limits: { maxMessageBytes } } } = options;
    const pull = new PullReceiver({ wire, clock, maxMessageBytes });
    super(handler, options, pull);
    this.#pull = pull;
  }

  start(): void {
    this.core.start(this.#pull);
  }

  run(): void {
    if (this.handler?.session !== undefined) this.#runSession(this.handler);
  }

  async #runSession(handler: WebSocketHandler): Promise<void> {
    const { connection } = this;
    try {
      await handler.open?.(connection, connection.request);
      await handler.session!(connection, connection.request);
      await this.core.shut(NORMAL_CLOSURE, "");
    } catch (error) {
      this.failed(error);
    }
    this.finished();
  }
}
