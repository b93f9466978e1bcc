/**
 * Brings a handler and a wire together: from here on, the handler's code runs.
 *
 * @module
 */
import type { CloseInfo, Message, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { ConnectionContext, Handshake } from "./context.ts";
import type { Wire } from "./wire.ts";
import { WebSocketError } from "../errors.ts";
import { ReadyState } from "../handler.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { Connection } from "./connection.ts";
import { ConnectionCore, type ConnectionOwner } from "./connection_core.ts";
import { isPromise } from "./promises.ts";
import { PullReceiver } from "./pull_receiver.ts";
import { PushReceiver, type PushReceiverHost } from "./push_receiver.ts";

/** What is brought together. */
export interface AttachOptions {
  readonly wire: Wire;
  readonly handshake: Handshake;
  readonly context: ConnectionContext;
  /** Bytes that came with the opening handshake. */
  readonly rest: Uint8Array;
  /** Told before any code of the handler runs, for those who count connections. */
  readonly onOpen?: (connection: WebSocketConnection) => void;
  /** Told when the connection is over. */
  readonly onOver?: (connection: WebSocketConnection) => void;
}

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
    throw new TypeError(
      "handler: has both session() and message(); a connection is read by one of them",
    );
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
  const attachment = new Attachment(handler, options);
  options.onOpen?.(attachment.connection);
  attachment.run(options.rest);
  return attachment.connection;
}

/** The life of a handler on a connection. */
class Attachment implements PushReceiverHost, ConnectionOwner {
  readonly connection: Connection;
  readonly #handler: WebSocketHandler | null;
  readonly #core: ConnectionCore;
  readonly #context: ConnectionContext;
  readonly #onOver: AttachOptions["onOver"];
  readonly #push: PushReceiver | null;
  #isDelivered = false; // all that came is handled
  #closing: CloseInfo | null = null; // the transport is gone

  constructor(
    handler: WebSocketHandler | null,
    { wire, handshake, context, onOver }: AttachOptions,
  ) {
    const { platform: { clock }, limits: { maxMessageBytes } } = context;
    this.#handler = handler;
    this.#context = context;
    this.#onOver = onOver;
    const core = this.#core = new ConnectionCore(wire, context, this);
    const isPull = handler === null || handler.session !== undefined;
    const pull = isPull ? new PullReceiver({ wire, clock, maxMessageBytes }) : null;
    this.#push = pull === null ? new PushReceiver(wire, this) : null;
    this.connection = new Connection({ core, handshake, pull });
    core.start(pull ?? this.#push!);
  }

  run(rest: Uint8Array): void {
    const handler = this.#handler;
    if (handler?.session !== undefined) this.#runSession();
    else if (handler?.open !== undefined) this.#open(handler);
    if (rest.length > 0) this.#core.wire.receive(rest);
  }

  deliver(message: Message): void | Promise<void> {
    return this.#handler!.message?.(this.connection, message);
  }

  failed(error: unknown): void {
    // A send that met the end of the connection is no fault of the handler.
    const isClosed = error instanceof WebSocketError && error.code === "ERR_CLOSED";
    if (isClosed && this.#core.readyState !== ReadyState.OPEN) return;
    this.#push?.clear(); // a handler that failed is given no more, also when we need not close
    this.#core.closeAfterError(error);
    this.#report(error);
  }

  finished(): void {
    this.#isDelivered = true;
    this.#close();
  }

  over(closing: CloseInfo): void {
    this.#closing = closing;
    this.#onOver?.(this.connection);
    this.#close();
  }

  #open(handler: WebSocketHandler): void {
    try {
      const opened: unknown = handler.open!(this.connection, this.connection.request);
      if (isPromise(opened)) this.#push!.waitFor(opened);
    } catch (error) {
      this.failed(error);
    }
  }

  async #runSession(): Promise<void> {
    const handler = this.#handler!;
    try {
      await handler.open?.(this.connection, this.connection.request);
      await handler.session!(this.connection, this.connection.request);
      await this.#core.shut(CloseCode.NormalClosure, "");
    } catch (error) {
      this.failed(error);
    }
    this.finished();
  }

  /** `close` is the last call of a handler: after the last message, and after the transport. */
  async #close(): Promise<void> {
    if (!this.#isDelivered || this.#closing === null) return;
    try {
      await this.#handler?.close?.(this.connection, this.#closing);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    try {
      this.#context.onError(error, this.connection);
    } catch (failure) {
      console.error("onError threw", failure);
    }
  }
}
