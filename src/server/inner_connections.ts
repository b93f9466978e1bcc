/**
 * Connections that live on those of a server, and outlive them: the sessions of `./resume`. A
 * server that ends closes them in the place of what is under them, and waits for their handlers.
 *
 * @module
 */
import type { SendingConnection, WebSocketConnection } from "../handler.ts";

/** A connection on connections of a server. */
export interface InnerConnection {
  /** The one that its handler sees. */
  readonly connection: WebSocketConnection;
  /** The server ends: from now on no client comes back. */
  onServerClosing(): void;
}

/** Those of one server. */
export class InnerConnections {
  /** Whether the server ends. */
  isClosing = false;
  readonly #atWork: Set<object>;
  readonly #onFinished: () => void;
  readonly #members = new Set<InnerConnection>();
  readonly #carried = new WeakMap<SendingConnection, InnerConnection>();

  /** `atWork` has those whose handlers are at work; `onFinished` is told when one has ended. */
  constructor(atWork: Set<object>, onFinished: () => void) {
    this.#atWork = atWork;
    this.#onFinished = onFinished;
  }

  /** From now on `carrier`, a connection of the server, carries this one. */
  add(inner: InnerConnection, carrier: SendingConnection): void {
    this.#members.add(inner);
    this.#atWork.add(inner);
    this.#carried.set(carrier, inner);
  }

  /** Its handler has ended, or its client has gone to another server. */
  delete(inner: InnerConnection): void {
    this.#members.delete(inner);
    if (this.#atWork.delete(inner)) this.#onFinished();
  }

  /** The connection to close: what is on this one, or itself. */
  topOf(carrier: WebSocketConnection): WebSocketConnection {
    return this.#carried.get(carrier)?.connection ?? carrier;
  }

  /** The server ends. */
  close(): void {
    this.isClosing = true;
    for (const inner of [...this.#members]) inner.onServerClosing();
  }
}

let servers: WeakMap<SendingConnection, InnerConnections> | null = null;

/**
 * From now on, connections that are opened are kept for `innerConnectionsOf`. Others need not pay
 * for it.
 */
export function keepServers(): void {
  servers ??= new WeakMap();
}

/** A server has opened a connection. */
export function noteServer(connection: SendingConnection, inner: InnerConnections): void {
  servers?.set(connection, inner);
}

/** Those of the server that has opened a connection; `null` if that is none of ours. */
export function innerConnectionsOf(connection: SendingConnection): InnerConnections | null {
  return servers?.get(connection) ?? null;
}
