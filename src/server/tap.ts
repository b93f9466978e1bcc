/**
 * The place where `./observe` looks on at a server. It is `null` until then, and a message costs
 * nothing.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Handshake } from "../connection/context.ts";
import type { Wire } from "../connection/wire.ts";
import type { WebSocketConnection } from "../handler.ts";
import type { PendingHandshake } from "./pending_handshake.ts";
import type { RefusedUpgrade } from "./refusal_report.ts";

/** Told of all connections of a server. No method may throw. */
export interface ServerTap {
  /** An opening handshake begins. */
  onAdmitted(pending: PendingHandshake): void;
  /** An opening handshake is accepted. */
  onAccepted(pending: PendingHandshake, handshake: Handshake): void;
  /** An opening handshake is refused. */
  onRefused(refused: RefusedUpgrade): void;
  /** A connection is about to open: returns a filter around its wire. */
  watch(wire: Wire, handshake: Handshake): Wire;
  /** A connection is open, on that filter. No code of its handler has run yet. */
  onOpen(connection: WebSocketConnection, wire: Wire): void;
  /** A connection is `CLOSED`. */
  onClosed(connection: WebSocketConnection): void;
}

/** A server, or a mount, that can be looked on at. */
export interface Tappable {
  readonly connections: ReadonlySet<WebSocketConnection>;
  readonly clock: Clock;
  tap: ServerTap | null;
}

/** By their sets of connections, which is what servers and mounts show. */
const tappables = new WeakMap<ReadonlySet<WebSocketConnection>, Tappable>();

/** Makes a server findable. */
export function noteTappable(tappable: Tappable): void {
  tappables.set(tappable.connections, tappable);
}

/** The server whose connections these are; `null` if it is none of ours. */
export function tappableOf(connections: ReadonlySet<WebSocketConnection>): Tappable | null {
  return tappables.get(connections) ?? null;
}
