/**
 * The topics of each connection.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Outlet } from "./outlet.ts";
import type { Subscriber } from "./subscriber.ts";
import { openOutlet } from "./outlet.ts";

/** One connection that is, or was, in topics. */
export interface Membership {
  readonly outlet: Outlet;
  readonly subscribers: Map<string, Subscriber>;
}

/** All connections that have been in topics, until they are closed. Then they leave by themselves. */
export class Memberships {
  readonly #all = new Map<SendingConnection, Membership>();
  readonly #onClosed: (connection: SendingConnection) => void;

  /** `onClosed` is called for a connection that is closed and perhaps still in topics. */
  constructor(onClosed: (connection: SendingConnection) => void) {
    this.#onClosed = onClosed;
  }

  get(connection: SendingConnection): Membership | undefined {
    return this.#all.get(connection);
  }

  /** The membership of a connection, made at its first subscription. */
  open(connection: SendingConnection): Membership {
    const known = this.#all.get(connection);
    if (known !== undefined) return known;
    const membership = { outlet: openOutlet(connection), subscribers: new Map() };
    this.#all.set(connection, membership);
    // Once for its life: a promise keeps all that was ever hung on it.
    connection.closed.then(() => {
      this.#onClosed(connection);
      this.#all.delete(connection);
    });
    return membership;
  }

  /** Takes a connection out of a topic. */
  delete(connection: SendingConnection, name: string): void {
    this.#all.get(connection)?.subscribers.delete(name);
  }
}
