/**
 * The numbers of the inspector page, computed for each request.
 *
 * @module
 */
import type { Address } from "../message.ts";
import type { WebSocketConnection } from "../handler.ts";
import { ReadyState } from "../handler.ts";
import { Collector } from "./collector.ts";
import { heldBytesOf } from "./held_bytes.ts";
import { Histogram } from "./histogram.ts";
import { type ObservableServer, observe } from "./observe.ts";

/**
 * Most connections that are pinged for one request, because pinging 10,000 connections every second
 * would be too much load.
 */
const PINGS = 100;
/**
 * Milliseconds for which round trips are collected. Older ones no longer describe the current
 * state.
 */
const WINDOW_MS = 5_000;

/** One connection of the table. */
export interface InspectedConnection {
  readonly id: number;
  readonly address: string;
  readonly path: string;
  readonly ageMs: number;
  readonly roundTripMs: number | null;
  readonly bufferedBytes: number;
  readonly unreadBytes: number;
  readonly received: number;
  readonly sent: number;
  readonly dropped: number;
}

/** The numbers of a server at one time. */
export interface Inspection {
  /** Time in milliseconds. Rates are computed from the difference of two inspections. */
  readonly at: number;
  readonly active: number;
  readonly opened: number;
  readonly received: number;
  readonly receivedBytes: number;
  readonly sent: number;
  readonly sentBytes: number;
  readonly bufferedBytes: number;
  readonly unreadBytes: number;
  readonly dropped: number;
  readonly roundTrips: { readonly count: number; readonly p50: number; readonly p99: number };
  readonly closed: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly slowest: readonly InspectedConnection[];
  readonly largest: readonly InspectedConnection[];
}

/** Inspects one server. */
export class Inspector {
  readonly #server: ObservableServer;
  readonly #numbers: Collector;
  readonly #ids = new WeakMap<object, number>();
  readonly #openedAt = new WeakMap<object, number>();
  readonly #pinged = new WeakSet<object>(); // connections whose ping is not answered yet
  #lastId = 0;
  #pingedTo = 0; // index of the next connection to ping
  #recent = new Histogram(0.1);
  #before = new Histogram(0.1);
  #windowEnd = 0;

  constructor(server: ObservableServer) {
    this.#server = server;
    this.#numbers = new Collector(server);
    observe(server, {
      onOpen: ({ connection }) => this.#openedAt.set(connection, performance.now()),
      onRoundTrip: (_connection, milliseconds) => this.#recent.add(milliseconds),
    });
  }

  /** Collects all numbers, and pings some connections for the next inspection. */
  look(rows: number): Inspection {
    const numbers = this.#numbers, at = performance.now();
    const slowest = new Top(rows), largest = new Top(rows);
    let bufferedBytes = 0, unreadBytes = 0;
    for (const connection of this.#server.connections) {
      const held = heldBytesOf(connection);
      bufferedBytes += held.bufferedBytes;
      unreadBytes += held.unreadBytes;
      largest.add(connection, held.bufferedBytes + held.unreadBytes);
      slowest.add(connection, numbers.statsOf(connection).roundTripMs ?? -1);
    }
    this.#turnWindow(at);
    const trips = this.#recent.count > 0 ? this.#recent : this.#before;
    this.#ping();
    return {
      at,
      active: numbers.active,
      opened: numbers.opened,
      received: numbers.received,
      receivedBytes: numbers.receivedBytes,
      sent: numbers.sent,
      sentBytes: numbers.sentBytes,
      bufferedBytes,
      unreadBytes,
      dropped: numbers.dropped,
      roundTrips: { count: trips.count, p50: trips.percentile(0.5), p99: trips.percentile(0.99) },
      closed: Object.fromEntries(numbers.closed),
      refused: Object.fromEntries(numbers.refused),
      slowest: slowest.list().map((connection) => this.#describe(connection, at)),
      largest: largest.list().map((connection) => this.#describe(connection, at)),
    };
  }

  /** The open connection with this number, or `null`. */
  find(id: number): WebSocketConnection | null {
    for (const connection of this.#server.connections) {
      if (this.#ids.get(connection) === id) return connection;
    }
    return null;
  }

  #describe(connection: WebSocketConnection, at: number): InspectedConnection {
    const { received, sent, dropped, roundTripMs } = this.#numbers.statsOf(connection);
    let id = this.#ids.get(connection);
    if (id === undefined) this.#ids.set(connection, id = ++this.#lastId);
    return {
      id,
      address: formatAddress(connection.remoteAddress),
      path: new URL(connection.request.url).pathname,
      ageMs: at - (this.#openedAt.get(connection) ?? at),
      roundTripMs,
      ...heldBytesOf(connection),
      received,
      sent,
      dropped,
    };
  }

  #turnWindow(at: number): void {
    if (at < this.#windowEnd) return;
    this.#windowEnd = at + WINDOW_MS;
    this.#before = this.#recent;
    this.#recent = new Histogram(0.1);
  }

  /** Pings the next connections in a round-robin. */
  #ping(): void {
    const { connections } = this.#server;
    if (this.#pingedTo >= connections.size) this.#pingedTo = 0;
    const from = this.#pingedTo, to = this.#pingedTo = from + PINGS;
    let index = 0;
    for (const connection of connections) {
      if (index >= to) return;
      if (index++ >= from) this.#pingOne(connection);
    }
  }

  async #pingOne(connection: WebSocketConnection): Promise<void> {
    if (this.#pinged.has(connection) || connection.readyState !== ReadyState.OPEN) return;
    this.#pinged.add(connection);
    try {
      await connection.ping();
      this.#pinged.delete(connection);
    } catch {
      // There is no round trip if the connection has closed or its platform cannot ping.
    }
  }
}

/** Keeps the connections with the largest values. */
class Top {
  readonly #rows: number;
  readonly #entries: { readonly connection: WebSocketConnection; readonly value: number }[] = [];

  constructor(rows: number) {
    this.#rows = rows;
  }

  add(connection: WebSocketConnection, value: number): void {
    const entries = this.#entries;
    if (entries.length >= this.#rows && value <= entries.at(-1)!.value) return;
    const place = entries.findIndex((entry) => entry.value < value);
    entries.splice(place < 0 ? entries.length : place, 0, { connection, value });
    if (entries.length > this.#rows) entries.pop();
  }

  list(): readonly WebSocketConnection[] {
    return this.#entries.map(({ connection }) => connection);
  }
}

function formatAddress(address: Address | null): string {
  if (address === null) return "unknown";
  return address.transport === "tcp" ? `${address.hostname}:${address.port}` : "unix";
}
