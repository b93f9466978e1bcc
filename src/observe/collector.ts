/**
 * Counts the events of a server, for a metrics endpoint or a page.
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
  /** Sum of their sizes, as in {@linkcode Observer}. */
  receivedBytes: number;
  /** Messages that this side sent. */
  sent: number;
  /** Sum of their sizes. */
  sentBytes: number;
  /** Messages of topics that were not sent because the receiver did not keep up. */
  dropped: number;
  /** Milliseconds of the last round trip; `null` before the first. */
  roundTripMs: number | null;
}

/** The numbers of a server since counting began. */
export class Collector implements Observer {
  readonly #server: ObservableServer;
  readonly #stop: () => void;
  readonly #stats = new WeakMap<SendingConnection, ConnectionStats>();
  /** The one that was asked for last: an answer follows its message. */
  #last: { readonly connection: SendingConnection; readonly stats: ConnectionStats } | null = null;
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
  /** Messages of topics that were not sent because receivers did not keep up. */
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

  /**
   * Bytes of all connections that wait to be given to the system. Reading it visits each
   * connection.
   */
  get bufferedBytes(): number {
    return measureHeld(this.#server.connections).bufferedBytes;
  }

  /**
   * Bytes of all connections that have arrived and no handler has taken: waiting messages, and
   * bytes behind them that are not decoded. An unfinished message does not count. Reading it visits
   * each connection.
   */
  get unreadBytes(): number {
    return measureHeld(this.#server.connections).unreadBytes;
  }

  /** The numbers of one connection. */
  statsOf(connection: SendingConnection): ConnectionStats {
    if (this.#last?.connection === connection) return this.#last.stats;
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
    this.#last = { connection, stats };
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
  onClose({ connection, closing }: ClosedConnection): void {
    if (this.#last?.connection === connection) this.#last = null; // lets go of it
    count(this.closed, nameEnding(closing));
  }
}

/**
 * Names the end of a connection in a few words: the initiator, the code, and the code of the error.
 */
export function nameEnding({ initiator, code, cause }: CloseInfo): string {
  const error = cause instanceof WebSocketError ? ` ${cause.code}` : "";
  return `${initiator} ${code}${error}`;
}

/**
 * Begins to count the events of a server.
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
