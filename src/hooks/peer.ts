/**
 * The peer object for hooks.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import { ReadyState } from "../handler.ts";
import { makeDeferred, READY, withSignal } from "../promises.ts";
import type { HookRequest } from "./request.ts";
import { PeerSocket } from "./peer_socket.ts";
import type { PeerRooms } from "./peer_rooms.ts";
import { toMessage } from "./to_message.ts";

/** Options of {@linkcode Peer.waitForDrain}. */
export interface WaitForDrainOptions {
  /**
   * Most bytes that may still wait.
   *
   * @default {0}
   */
  threshold?: number;
  /**
   * Milliseconds between two checks of the waiting bytes.
   *
   * @default {100}
   */
  pollInterval?: number;
  /** Aborts waiting, which rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** The parts of a peer. */
export interface PeerOptions {
  /** The underlying connection. */
  readonly connection: SendingConnection;
  /** The request of the opening handshake. */
  readonly request: HookRequest;
  /** Namespace of the peers that it can reach. */
  readonly namespace: string;
  /** Data of the application. */
  readonly context: Record<string, unknown>;
  /** The connected peers of all namespaces. */
  readonly rooms: PeerRooms<Peer>;
  /** Called when the connection can take more, after too much was waiting. */
  onDrain(peer: Peer): void;
}

/** A peer of crossws, with its underlying connection. */
export class Peer {
  /**
   * The connection of this library, with awaitable sends, round trips of pings, and the end of the
   * connection.
   */
  readonly connection: SendingConnection;
  /** The request of the opening handshake. */
  readonly request: HookRequest;
  /** Namespace of the peers that `publish` reaches. */
  readonly namespace: string;
  /** Data of the application, beginning with that of the `upgrade` hook. */
  readonly context: Record<string, unknown>;
  readonly #rooms: PeerRooms<Peer>;
  readonly #topics = new Set<string>();
  readonly #onDrain: (peer: Peer) => void;
  #id: string | null = null;
  #websocket: PeerSocket | null = null;
  #isFull = false; // the hook `drain` has to be called

  /** Made for each connection. */
  constructor({ connection, request, namespace, context, rooms, onDrain }: PeerOptions) {
    this.connection = connection;
    this.request = request;
    this.namespace = namespace;
    this.context = context;
    this.#rooms = rooms;
    this.#onDrain = onDrain;
  }

  /** A random identifier (UUID v4), made at the first access. */
  get id(): string {
    return this.#id ??= crypto.randomUUID();
  }

  /** The address of the client, or of the proxy in front of it; `undefined` if it is not known. */
  get remoteAddress(): string | undefined {
    const address = this.connection.remoteAddress;
    return address?.transport === "tcp" ? address.hostname : undefined;
  }

  /** The properties of a platform's `WebSocket`. */
  get websocket(): PeerSocket {
    return this.#websocket ??= new PeerSocket(this.connection);
  }

  /** All peers of the namespace, including this one while it is connected. */
  get peers(): ReadonlySet<Peer> {
    return this.#rooms.peersOf(this.namespace);
  }

  /** The topics that this peer has subscribed to. */
  get topics(): ReadonlySet<string> {
    return this.#topics;
  }

  /** Bytes that were sent and not yet given to the system. */
  get bufferedAmount(): number {
    return this.connection.bufferedAmount;
  }

  /**
   * Sends a message: strings and bytes as they are, numbers and the like as text, plain objects and
   * arrays as JSON. For backpressure, await `peer.connection.send` or `waitForDrain`.
   *
   * @returns The bytes that wait to be sent.
   * @throws {TypeError} if the value cannot be sent.
   */
  send(data: unknown, options?: { compress?: boolean }): number {
    const { connection } = this, message = toMessage(data);
    const sent = options?.compress === false
      ? connection.send(message, { compress: false })
      : connection.send(message);
    if (sent !== READY && !this.#isFull && connection.bufferedAmount > 0) this.#awaitDrain(sent);
    return connection.bufferedAmount;
  }

  /** Fulfilled when no more than `threshold` bytes wait to be sent, or the connection is closed. */
  async waitForDrain(options: WaitForDrainOptions = {}): Promise<void> {
    const { threshold = 0, pollInterval = 100, signal } = options, { connection } = this;
    signal?.throwIfAborted();
    while (connection.bufferedAmount > threshold && connection.readyState !== ReadyState.CLOSED) {
      await pause(pollInterval, signal);
    }
  }

  /** Subscribes to a topic of the namespace. */
  subscribe(topic: string): void {
    this.#topics.add(topic);
    this.#rooms.subscribe(this, topic);
  }

  /** Ends the subscription to a topic. */
  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
    this.#rooms.unsubscribe(this, topic);
  }

  /**
   * Sends a message to all peers of the namespace that have subscribed to a topic: with `self`,
   * also to this one.
   *
   * @throws {TypeError} if the value cannot be sent.
   */
  publish(
    topic: string,
    data: unknown,
    options: { compress?: boolean; self?: boolean } = {},
  ): void {
    const { compress = true, self = false } = options;
    const message = toMessage(data);
    const except = self ? {} : { except: this.connection };
    this.#rooms.publish(this, topic, { message, compress, ...except });
  }

  /**
   * Starts the closing handshake. Default code 1000.
   *
   * @throws {RangeError} if code or reason may not be sent.
   */
  close(code?: number, reason?: string): void {
    void this.connection.close(code, reason);
  }

  /** Drops the connection now. */
  terminate(): void {
    this.connection.abort();
  }

  /** Sends a ping. The hook `pong` is called with its answer. */
  ping(data?: string | Uint8Array): void {
    this.connection.ping(data).catch(() => {});
  }

  /** The identifier. */
  toString(): string {
    return this.id;
  }

  /** The identifier. */
  [Symbol.toPrimitive](): string {
    return this.id;
  }

  /** The name in `Object.prototype.toString`. */
  get [Symbol.toStringTag](): string {
    return "WebSocket";
  }

  async #awaitDrain(sent: Promise<void>): Promise<void> {
    this.#isFull = true;
    try {
      await sent;
    } catch {
      return; // the connection has closed
    } finally {
      this.#isFull = false;
    }
    this.#onDrain(this);
  }
}

/** Waits. Rejects with the signal's reason. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = makeDeferred<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await withSignal(promise, signal);
  } finally {
    clearTimeout(timer);
  }
}
