/**
 * The topics of each connection.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Outlet } from "./outlet.ts";
import type { Subscriber } from "./subscriber.ts";
import { openOutlet } from "./outlet.ts";

/** One connection that is in at least one topic. */
export interface Membership {
  readonly outlet: Outlet;
  readonly subscribers: Map<string, Subscriber>;
}

/** All connections that are in topics. Those that are closed leave by themselves. */
export class Memberships {
  readonly #all = new Map<SendingConnection, Membership>();
  readonly #onClosed: (connection: SendingConnection) => void;

  /** `onClosed` is called for a connection that is closed and still in topics. */
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
    connection.closed.then(() => {
      if (this.#all.get(connection) === membership) this.#onClosed(connection);
    });
    return membership;
  }

  /** Takes a connection out of a topic, and forgets it when that was the last. */
  delete(connection: SendingConnection, name: string): void {
    const membership = this.#all.get(connection);
    membership?.subscribers.delete(name);
    if (membership?.subscribers.size === 0) this.#all.delete(connection);
  }
}
