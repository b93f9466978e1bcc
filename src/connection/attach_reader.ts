/**
 * Opens a connection that its caller reads. A browser's `connect` loads this module. It loads the
 * code for handlers only when it is given one.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { AttachOptions } from "./attach_options.ts";
import { Connection } from "./connection.ts";
import type { ConnectionOwner } from "./connection_owner.ts";
import { ConnectionCore } from "./connection_core.ts";
import type { ConnectionContext } from "./context.ts";
import { makeReader } from "./make_reader.ts";
import { report } from "./report.ts";

/** The owner of a connection without a handler. */
class ReaderOwner implements ConnectionOwner {
  readonly #context: ConnectionContext;
  connection: WebSocketConnection | null = null;

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  onClosed(): void {
    if (this.connection === null) return;
    this.#context.onClosed?.(this.connection);
    this.#context.onFinished?.(this.connection);
  }

  onMistake(error: unknown): void {
    const { connection } = this;
    if (connection !== null) report(() => this.#context.onError(error, connection));
  }

  onFrame(): void {}
}

/** Opens a connection for a caller that reads it. */
export function attachReader(options: AttachOptions): WebSocketConnection {
  const { wire, handshake, context, early } = options;
  const { platform: { clock }, limits: { maxMessageBytes } } = context;
  const pull = makeReader({ wire, clock, maxMessageBytes });
  const owner = new ReaderOwner(context);
  const core = new ConnectionCore(wire, context, owner);
  const connection = owner.connection = new Connection({ core, handshake, pull });
  core.start(pull);
  context.onOpen?.(connection, wire);
  if (early !== undefined && early.length > 0) wire.receive(early);
  return connection;
}
