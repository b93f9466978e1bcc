/**
 * One connection as hooks see it.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import { ReadyState } from "../handler.ts";
import { READY } from "../promises.ts";
import type { HookRequest } from "./request.ts";
import { PeerSocket } from "./peer_socket.ts";
import type { PeerRooms } from "./peer_rooms.ts";
import { toMessage } from "./to_message.ts";

/** How long to wait for room. */
export interface WaitForDrainOptions {
  /** Bytes that may still be waiting. Default 0. */
  threshold?: number;
  /** Milliseconds between two looks at what is waiting. Default 100. */
  pollInterval?: number;
  /** Rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** The parts of a peer. */
export interface PeerOptions {
  /** The connection under it. */
  readonly connection: SendingConnection;
  /** The request of the opening handshake. */
  readonly request: HookRequest;
  /** The peers that it can reach. */
  readonly namespace: string;
  /** Data of the application. */
  readonly context: Record<string, unknown>;
  /** The peers around it. */
  readonly rooms: PeerRooms<Peer>;
  /** Told when more can be sent, after more was waiting than is good. */
  onDrain(peer: Peer): void;
}

/** A peer of crossws, and the connection under it. */
export class Peer {
  /** The connection of this library: awaited sends, pings with their round trip, how it ended. */
  readonly connection: SendingConnection;
  /** The request of the opening handshake. */
  readonly request: HookRequest;
  /** The peers that `publish` reaches. */
  readonly namespace: string;
  /** Data of the application, from the `upgrade` hook on. */
  readonly context: Record<string, unknown>;
  readonly #rooms: PeerRooms<Peer>;
  readonly #topics = new Set<string>();
  readonly #onDrain: (peer: Peer) => void;
  #id: string | null = null;
  #websocket: PeerSocket | null = null;
  #isFull = false; // the hook `drain` is owed

  /** Made for each connection. */
  constructor({ connection, request, namespace, context, rooms, onDrain }: PeerOptions) {
    this.connection = connection;
    this.request = request;
    this.namespace = namespace;
    this.context = context;
    this.#rooms = rooms;
    this.#onDrain = onDrain;
  }

  /** A random identifier (UUID v4), made when first asked for. */
  get id(): string {
    return this.#id ??= crypto.randomUUID();
  }

  /** The address of the client, or of the proxy before it; `undefined` where it is not known. */
  get remoteAddress(): string | undefined {
    const address = this.connection.remoteAddress;
    return address?.transport === "tcp" ? address.hostname : undefined;
  }

  /** The properties of a platform's `WebSocket`. */
  get websocket(): PeerSocket {
    return this.#websocket ??= new PeerSocket(this.connection);
  }

  /** All peers of the namespace, this one among them while it is connected. */
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
   * Sends a message: strings and bytes as they are, numbers and the like as text, plain objects
   * and arrays as JSON. To wait for room, await `peer.connection.send` or `waitForDrain`.
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

  /** Sends the peer what is published on a topic of its namespace from now on. */
  subscribe(topic: string): void {
    this.#topics.add(topic);
    this.#rooms.subscribe(this, topic);
  }

  /** Sends it no more of that. */
  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
    this.#rooms.unsubscribe(this, topic);
  }

  /**
   * Sends a message to all peers of the namespace that have subscribed to a topic: with `self`
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

  /** Sends a ping; its answer comes to the hook `pong`. */
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

  /** As objects print it. */
  get [Symbol.toStringTag](): string {
    return "WebSocket";
  }

  async #awaitDrain(sent: Promise<void>): Promise<void> {
    this.#isFull = true;
    try {
      await sent;
    } catch {
      return; // the connection is over
    } finally {
      this.#isFull = false;
    }
    this.#onDrain(this);
  }
}

/** Waits; rejects with the signal's reason. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
