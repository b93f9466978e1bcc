/**
 * The client `redis` (node-redis), from version 5 on.
 *
 * @module
 */
import type { RedisClient, RedisSubscriber, SubscriberEvents } from "./subscriber.ts";

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
}

/** `redis`, stand-alone. */
export function fromNodeRedis(client: NodeRedisClient): RedisClient {
  return {
    isCluster: false,
    command: (_key, words) => client.sendCommand([...words]),
    openSubscriber: (_node, events) =>
      open(client.duplicate() as NodeRedisSubscriber, { isSharded: false, events }),
  };
}

/** `redis`, a cluster. */
export function fromNodeRedisCluster(cluster: NodeRedisCluster): RedisClient {
  return {
    isCluster: true,
    command: (key, words) => cluster.sendCommand(key, false, [...words]),
    async openSubscriber(node, events) {
      const any = await cluster.nodeClient(cluster.masters[0]) as NodeRedisClient;
      const socket = { ...any.options?.socket, ...node };
      const subscriber = any.duplicate({ socket }) as NodeRedisSubscriber;
      return await open(subscriber, { isSharded: true, events });
    },
  };
}

async function open(
  client: NodeRedisSubscriber,
  { isSharded, events }: { isSharded: boolean; events: SubscriberEvents },
): Promise<RedisSubscriber> {
  const onMessage: Listener = (text, channel) => events.onMessage(channel, text);
  client.on("error", (cause) => events.onLost(cause));
  client.on("ready", () => events.onReady());
  client.connect().catch((cause) => events.onLost(cause)); // the client itself keeps trying
  await null;
  return {
    subscribe: (channel) =>
      isSharded ? client.sSubscribe(channel, onMessage) : client.subscribe(channel, onMessage),
    unsubscribe: (channel) =>
      isSharded ? client.sUnsubscribe(channel, onMessage) : client.unsubscribe(channel, onMessage),
    close: () => client.destroy(),
  };
}
