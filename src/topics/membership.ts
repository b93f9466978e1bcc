/**
 * The topics of each connection.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Outlet } from "../framed/sharing.ts";
import type { Subscriber } from "./subscriber.ts";
import { openOutlet } from "./outlet.ts";

/** The topics of one connection. */
export interface Membership {
  readonly outlet: Outlet;
  readonly subscribers: Map<string, Subscriber>;
}

/** The memberships of all connections. A connection that closes leaves its topics automatically. */
export class Memberships {
  readonly #all = new Map<SendingConnection, Membership>();
  readonly #onClosed: (connection: SendingConnection) => void;

  /** `onClosed` is called for a connection that has closed and may still be in topics. */
  constructor(onClosed: (connection: SendingConnection) => void) {
    this.#onClosed = onClosed;
  }

  get(connection: SendingConnection): Membership | undefined {
    return this.#all.get(connection);
  }

  /** Returns the membership of a connection. It is made at the first subscription. */
  open(connection: SendingConnection): Membership {
    const known = this.#all.get(connection);
    if (known !== undefined) return known;
    const membership = { outlet: openOutlet(connection), subscribers: new Map() };
    this.#all.set(connection, membership);
    // Once in a connection's life, because a promise keeps all callbacks that were ever added to
    // it.
    connection.closed.then(() => {
      this.#onClosed(connection);
      this.#all.delete(connection);
    });
    return membership;
  }

  /** Removes a topic from a connection's membership. */
  delete(connection: SendingConnection, name: string): void {
    this.#all.get(connection)?.subscribers.delete(name);
  }
}
