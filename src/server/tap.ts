/**
 * The interface by which `./observe` watches a server. Without an observer it is `null`, so that a
 * message has no extra cost.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Handshake } from "../connection/context.ts";
import type { Wire } from "../connection/wire.ts";
import type { WebSocketConnection } from "../handler.ts";
import type { PendingHandshake } from "./pending_handshake.ts";
import type { RefusedUpgrade } from "./refusal_report.ts";

/** Receives the events of all connections of a server. No method may throw. */
export interface ServerTap {
  /** An opening handshake begins. */
  onAdmitted(pending: PendingHandshake): void;
  /** An opening handshake is accepted. */
  onAccepted(pending: PendingHandshake, handshake: Handshake): void;
  /** An opening handshake is refused. */
  onRefused(refused: RefusedUpgrade): void;
  /** Called before a connection opens. Returns a filter around its wire. */
  watch(wire: Wire, handshake: Handshake): Wire;
  /** A connection is open, over that filter. No code of its handler has run yet. */
  onOpen(connection: WebSocketConnection, wire: Wire): void;
  /** A connection is `CLOSED`. */
  onClosed(connection: WebSocketConnection): void;
}

/** A server or a mount that can be observed. */
export interface Tappable {
  readonly connections: ReadonlySet<WebSocketConnection>;
  readonly clock: Clock;
  tap: ServerTap | null;
}

/**
 * The observable servers by their sets of connections, because these are the public part of servers
 * and mounts.
 */
const tappables = new WeakMap<ReadonlySet<WebSocketConnection>, Tappable>();

/** Registers a server for `tappableOf`. */
export function noteTappable(tappable: Tappable): void {
  tappables.set(tappable.connections, tappable);
}

/** The server with these connections; `null` if it is not a server of this library. */
export function tappableOf(connections: ReadonlySet<WebSocketConnection>): Tappable | null {
  return tappables.get(connections) ?? null;
}
