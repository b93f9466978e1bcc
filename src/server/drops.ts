/**
 * Messages that were left out because a receiver did not keep up. `./topics` tells of them and
 * `./observe` listens; neither knows the other.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";

/** A message that was left out. */
export interface Dropped {
  /** Name of the topic that it was published on. */
  readonly topic: string;
  /** Its length, as `Observer.onSend` counts it. */
  readonly size: number;
}

/** Told of the messages that a connection was not sent. Must not throw. */
export interface DropWatch {
  onDropped(connection: SendingConnection, dropped: Dropped): void;
}

let watches: WeakMap<SendingConnection, DropWatch> | null = null;

/** From now on `watch` is told of messages that this connection is not sent. */
export function watchDrops(connection: SendingConnection, watch: DropWatch): void {
  (watches ??= new WeakMap()).set(connection, watch);
}

/** Tells of a message that was left out. */
export function tellDropped(connection: SendingConnection, dropped: Dropped): void {
  watches?.get(connection)?.onDropped(connection, dropped);
}
