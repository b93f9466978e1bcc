/**
 * Reports of messages that were not sent because a receiver did not keep up. `./topics` reports
 * them and `./observe` listens, without depending on each other.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";

/** A message that was not sent. */
export interface Dropped {
  /** Name of the topic that it was published on. */
  readonly topic: string;
  /** Length of the message, as `Observer.onSend` counts it. */
  readonly size: number;
}

/** Called with each message that was not sent on a connection. Must not throw. */
export interface DropWatch {
  onDropped(connection: SendingConnection, dropped: Dropped): void;
}

let watches: WeakMap<SendingConnection, DropWatch> | null = null;

/** Registers `watch` for the messages that are not sent on this connection. */
export function watchDrops(connection: SendingConnection, watch: DropWatch): void {
  (watches ??= new WeakMap()).set(connection, watch);
}

/** Reports a message that was not sent. */
export function tellDropped(connection: SendingConnection, dropped: Dropped): void {
  watches?.get(connection)?.onDropped(connection, dropped);
}
