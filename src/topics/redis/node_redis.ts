/**
 * The client `redis` (node-redis), from version 5 on.
 *
 * @module
 */
import type { RedisClient, RedisSubscriber, SubscriberEvents } from "./subscriber.ts";
import { Commands, destroy, Watch } from "./replaceable.ts";

type Listener = (text: string, channel: string) => void;

/** Methods of a connection of `redis` that subscribes. */
interface NodeRedisSubscriber {
  on(event: string, listener: (value: unknown) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: Listener): Promise<unknown>;
  unsubscribe(channel: string, listener: Listener): Promise<unknown>;
  sSubscribe(channel: string, listener: Listener): Promise<unknown>;
  sUnsubscribe(channel: string, listener: Listener): Promise<unknown>;
  destroy(): void;
}

/** The methods of a client of `redis` (`createClient`) that this library calls. */
export interface NodeRedisClient {
  /** Sends a command. */
  sendCommand(words: string[]): Promise<unknown>;
  /** Makes a client with the same options, or others. */
  duplicate(overrides?: object): unknown;
  /** Options of the client. */
  readonly options?: { readonly socket?: object } | undefined;
}

/** The methods of a cluster client of `redis` (`createCluster`) that this library calls. */
export interface NodeRedisCluster {
  /** Sends a command to the node that has a key. */
  sendCommand(
    key: string | undefined,
    isReadonly: boolean | undefined,
    words: string[],
  ): Promise<unknown>;
  /** The nodes that take writes. */
  readonly masters: readonly unknown[];
  /** The client of one node. */
  // deno-lint-ignore no-explicit-any -- the type of its nodes is generic there
  nodeClient(node: any): unknown;
  /** Makes a client with the same options, or others. */
  duplicate(overrides?: object): unknown;
}

/** `redis`, stand-alone. */
export function fromNodeRedis(client: NodeRedisClient): RedisClient {
  const commands = new Commands(client, (silent) => silent.duplicate());
  return {
    isCluster: false,
    command: (_key, words) => commands.run((any) => any.sendCommand([...words])),
    openSubscriber: (_node, events) => {
      const make = () => client.duplicate() as NodeRedisSubscriber;
      return Promise.resolve(new Subscriber({ make, isSharded: false, events }));
    },
    close: () => commands.close(),
  };
}

/** `redis`, a cluster. */
export function fromNodeRedisCluster(cluster: NodeRedisCluster): RedisClient {
  const commands = new Commands(cluster, (silent) => silent.duplicate());
  return {
    isCluster: true,
    command: (key, words) => commands.run((any) => any.sendCommand(key, false, [...words])),
    async openSubscriber(node, events) {
      const any = await cluster.nodeClient(cluster.masters[0]) as NodeRedisClient;
      const socket = { ...any.options?.socket, ...node };
      const make = () => any.duplicate({ socket }) as NodeRedisSubscriber;
      return new Subscriber({ make, isSharded: true, events });
    },
    close: () => commands.close(),
  };
}

/** Options of {@linkcode Subscriber}. */
interface SubscriberOptions {
  /** Makes a client that is not connected yet. */
  make(): NodeRedisSubscriber;
  readonly isSharded: boolean;
  readonly events: SubscriberEvents;
}

/** A subscribing connection. A client that stops to try is replaced. */
class Subscriber implements RedisSubscriber {
  readonly #options: SubscriberOptions;
  readonly #onMessage: Listener;
  readonly #watch = new Watch(() => this.#replace());
  #client: NodeRedisSubscriber;
  #isClosed = false;

  constructor(options: SubscriberOptions) {
    const { events } = options;
    this.#options = options;
    this.#onMessage = (text, channel) => events.onMessage(channel, text);
    this.#client = this.#open();
  }

  subscribe(channel: string): Promise<unknown> {
    const client = this.#client, { isSharded } = this.#options;
    return isSharded
      ? client.sSubscribe(channel, this.#onMessage)
      : client.subscribe(channel, this.#onMessage);
  }

  unsubscribe(channel: string): Promise<unknown> {
    const client = this.#client, { isSharded } = this.#options;
    return isSharded
      ? client.sUnsubscribe(channel, this.#onMessage)
      : client.unsubscribe(channel, this.#onMessage);
  }

  close(): void {
    this.#isClosed = true; // a client that is connecting may fail after it
    this.#watch.stop();
    void destroy(this.#client);
  }

  #open(): NodeRedisSubscriber {
    const { make, events } = this.#options, client = make();
    const isMine = () => this.#client === client && !this.#isClosed;
    const onLost = (cause: unknown): void => {
      if (!isMine()) return;
      this.#watch.start();
      events.onLost(cause);
    };
    client.on("error", onLost);
    client.on("ready", () => {
      if (!isMine()) return;
      this.#watch.stop();
      events.onReady();
    });
    this.#watch.start();
    // In a turn of its own, because the caller does not have this subscriber yet.
    queueMicrotask(() => void client.connect().catch(onLost)); // the client itself keeps trying
    return client;
  }

  #replace(): void {
    const silent = this.#client;
    this.#client = this.#open();
    void destroy(silent); // after it, so that what it tells now is not taken for the new one's
  }
}
