/**
 * Inner connections: sessions of `./resume`, whose messages are carried by connections of a server,
 * and which outlive these. When a server closes, it closes the inner connection rather than its
 * carrier, and waits for the handlers of inner connections too.
 *
 * @module
 */
import type { SendingConnection, WebSocketConnection } from "../handler.ts";

/** A connection that is carried by connections of a server, one after the other. */
export interface InnerConnection {
  /** The connection that the handler was given. */
  readonly connection: WebSocketConnection;
  /** The server is closing: no client can come back to it. */
  onServerClosing(): void;
}

/** The inner connections of one server. */
export class InnerConnections {
  /** Whether the server is closing. */
  isClosing = false;
  readonly #atWork: Set<object>;
  readonly #onFinished: () => void;
  readonly #members = new Set<InnerConnection>();
  readonly #carried = new WeakMap<SendingConnection, InnerConnection>();

  /**
   * `atWork` is the set of connections whose handlers are running. `onFinished` is called when the
   * handler of an inner connection has ended.
   */
  constructor(atWork: Set<object>, onFinished: () => void) {
    this.#atWork = atWork;
    this.#onFinished = onFinished;
  }

  /** `carrier`, a connection of the server, carries this inner connection from now on. */
  add(inner: InnerConnection, carrier: SendingConnection): void {
    this.#members.add(inner);
    this.#atWork.add(inner);
    this.#carried.set(carrier, inner);
  }

  /** The handler has ended, or the client has gone to another server. */
  delete(inner: InnerConnection): void {
    this.#members.delete(inner);
    if (this.#atWork.delete(inner)) this.#onFinished();
  }

  /**
   * The connection that a closing server has to close: the inner one that `carrier` carries, or
   * `carrier` itself.
   */
  topOf(carrier: WebSocketConnection): WebSocketConnection {
    return this.#carried.get(carrier)?.connection ?? carrier;
  }

  /** The server is closing. */
  close(): void {
    this.isClosing = true;
    for (const inner of [...this.#members]) inner.onServerClosing();
  }
}

let servers: WeakMap<SendingConnection, InnerConnections> | null = null;

/**
 * From now on, `innerConnectionsOf` knows each connection that opens. Programs without sessions do
 * not call this, so their connections have no such cost.
 */
export function keepServers(): void {
  servers ??= new WeakMap();
}

/** A server has opened a connection. */
export function noteServer(connection: SendingConnection, inner: InnerConnections): void {
  servers?.set(connection, inner);
}

/**
 * The inner connections of the server that has opened a connection; `null` for a connection of
 * another library.
 */
export function innerConnectionsOf(connection: SendingConnection): InnerConnections | null {
  return servers?.get(connection) ?? null;
}
