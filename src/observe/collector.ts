/**
 * Counts what happens on a server, for a metrics endpoint or a page.
 *
 * @module
 */
import type { CloseInfo, SendingConnection } from "../handler.ts";
import type { RefusedUpgrade } from "../server/refusal_report.ts";
import type { ClosedConnection, DroppedMessage, Observer, OpenedConnection } from "./observer.ts";
import { WebSocketError } from "../errors.ts";
import { measureHeld } from "./held_bytes.ts";
import { Histogram } from "./histogram.ts";
import { type ObservableServer, observe } from "./observe.ts";

/** Numbers about one connection. */
export interface ConnectionStats {
  /** Messages that the peer sent. */
  received: number;
  /** Their sizes, see {@linkcode Observer}. */
  receivedBytes: number;
  /** Messages that this side sent. */
  sent: number;
  /** Their sizes. */
  sentBytes: number;
  /** Messages that topics left out for it. */
  dropped: number;
  /** Milliseconds of the last round trip; `null` before the first. */
  roundTripMs: number | null;
}

/** A server's numbers since it is looked at. */
export class Collector implements Observer {
  readonly #server: ObservableServer;
  readonly #stop: () => void;
  readonly #stats = new WeakMap<SendingConnection, ConnectionStats>();
  /** Connections that have opened. */
  opened = 0;
  /** Messages that peers sent. */
  received = 0;
  /** Their sizes, see {@linkcode Observer}. */
  receivedBytes = 0;
  /** Messages that this side sent. */
  sent = 0;
  /** Their sizes. */
  sentBytes = 0;
  /** Messages that topics left out for receivers that do not keep up. */
  dropped = 0;
  /** Refused opening handshakes by their rule. */
  readonly refused: Map<string, number> = new Map();
  /** Ended connections by {@linkcode nameEnding}. */
  readonly closed: Map<string, number> = new Map();
  /** Milliseconds of opening handshakes. */
  readonly handshakes: Histogram = new Histogram(0.1);
  /** Milliseconds of round trips. */
  readonly roundTrips: Histogram = new Histogram(0.1);

  /** Begins to count. */
  constructor(server: ObservableServer) {
    this.#server = server;
    this.#stop = observe(server, this);
  }

  /** Open connections. */
  get active(): number {
    return this.#server.connections.size;
  }

  /** Bytes that wait to be given to the system, of all connections. Looks at each of them. */
  get bufferedBytes(): number {
    return measureHeld(this.#server.connections).bufferedBytes;
  }

  /**
   * Bytes that peers have sent and that no handler has taken, of all connections: messages that wait,
   * and what waits to be decoded behind them. An unfinished message does not count. Looks at each
   * connection.
   */
  get unreadBytes(): number {
    return measureHeld(this.#server.connections).unreadBytes;
  }

  /** The numbers of one connection. */
  statsOf(connection: SendingConnection): ConnectionStats {
    let stats = this.#stats.get(connection);
    if (stats === undefined) {
      stats = {
        received: 0,
        receivedBytes: 0,
        sent: 0,
        sentBytes: 0,
        dropped: 0,
        roundTripMs: null,
      };
      this.#stats.set(connection, stats);
    }
    return stats;
  }

  /** Ends the counting. */
  stop(): void {
    this.#stop();
  }

  /** See {@linkcode Observer}. */
  onOpen({ handshakeMs }: OpenedConnection): void {
    this.opened++;
    this.handshakes.add(handshakeMs);
  }

  /** See {@linkcode Observer}. */
  onRefuse({ rule }: RefusedUpgrade): void {
    count(this.refused, rule);
  }

  /** See {@linkcode Observer}. */
  onReceive(connection: SendingConnection, size: number): void {
    this.received++;
    this.receivedBytes += size;
    const stats = this.statsOf(connection);
    stats.received++;
    stats.receivedBytes += size;
  }

  /** See {@linkcode Observer}. */
  onSend(connection: SendingConnection, size: number): void {
    this.sent++;
    this.sentBytes += size;
    const stats = this.statsOf(connection);
    stats.sent++;
    stats.sentBytes += size;
  }

  /** See {@linkcode Observer}. */
  onDrop({ connection }: DroppedMessage): void {
    this.dropped++;
    this.statsOf(connection).dropped++;
  }

  /** See {@linkcode Observer}. */
  onRoundTrip(connection: SendingConnection, milliseconds: number): void {
    this.roundTrips.add(milliseconds);
    this.statsOf(connection).roundTripMs = milliseconds;
  }

  /** See {@linkcode Observer}. */
  onClose({ closing }: ClosedConnection): void {
    count(this.closed, nameEnding(closing));
  }
}

/** How a connection ended, in few words: the initiator, the code, and the code of the error. */
export function nameEnding({ initiator, code, cause }: CloseInfo): string {
  const error = cause instanceof WebSocketError ? ` ${cause.code}` : "";
  return `${initiator} ${code}${error}`;
}

/**
 * Begins to count what happens on a server.
 *
 * @param server A server of `serve`, or a mount.
 * @throws {TypeError} if `server` is none of these.
 *
 * @example A Prometheus endpoint
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { collect } from "@fullduplex/websocket/observe";
 *
 * const server = await serve({}, { message: (connection, text) => connection.send(text) });
 * const numbers = collect(server);
 * console.log(`websocket_connections ${numbers.active}`); // websocket_connections 0
 * await server.close();
 * ```
 */
export function collect(server: ObservableServer): Collector {
  return new Collector(server);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
