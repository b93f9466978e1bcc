/**
 * The client `ioredis`, from version 5 on.
 *
 * @module
 */
import type { RedisClient, RedisSubscriber, SubscriberEvents } from "./subscriber.ts";

/** Methods of a connection of `ioredis` that subscribes. */
interface IoredisSubscriber {
  // deno-lint-ignore no-explicit-any -- as in its own declarations
  on(event: string, listener: (...values: any[]) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  ssubscribe(channel: string): Promise<unknown>;
  sunsubscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** The methods of a `Redis` of `ioredis` that this library calls. */
export interface IoredisClient {
  /** Sends a command. */
  call(command: string, ...words: string[]): Promise<unknown>;
  /** Makes a client with the same options, or others. */
  duplicate(overrides?: object): unknown;
}

/** The methods of a `Cluster` of `ioredis` that this library calls. */
export interface IoredisCluster {
  /** Sends a command to the node that has its key. */
  call(command: string, ...words: string[]): Promise<unknown>;
  /** The connections to its nodes. */
  nodes(role: "master"): readonly unknown[];
  /** Always `true`. */
  readonly isCluster: boolean;
}

const FIRST_RETRY_MS = 50, LAST_RETRY_MS = 1_000;
const retryStrategy = (times: number): number => Math.min(times * FIRST_RETRY_MS, LAST_RETRY_MS);

/** `ioredis`, stand-alone or with sentinels. */
export function fromIoredis(client: IoredisClient): RedisClient {
  return {
    isCluster: false,
    command: (_key, [name = "", ...words]) => client.call(name, ...words),
    openSubscriber: (_node, events) => {
      const subscriber = client.duplicate({ retryStrategy, lazyConnect: false });
      return Promise.resolve(open(subscriber as IoredisSubscriber, { isSharded: false, events }));
    },
  };
}

/** `ioredis`, a cluster. */
export function fromIoredisCluster(cluster: IoredisCluster): RedisClient {
  return {
    isCluster: true,
    command: (_key, [name = "", ...words]) => cluster.call(name, ...words),
    openSubscriber(node, events) {
      const [any] = cluster.nodes("master") as readonly IoredisClient[];
      if (any === undefined) return Promise.reject(new Error("the cluster has no node yet"));
      const options = { ...node, retryStrategy, lazyConnect: false, enableOfflineQueue: true };
      const subscriber = any.duplicate(options) as IoredisSubscriber;
      return Promise.resolve(open(subscriber, { isSharded: true, events }));
    },
  };
}

function open(
  client: IoredisSubscriber,
  { isSharded, events }: { isSharded: boolean; events: SubscriberEvents },
): RedisSubscriber {
  let cause: unknown;
  client.on(isSharded ? "smessage" : "message", (channel, text) => events.onMessage(channel, text));
  client.on("error", (error) => cause = error);
  client.on("close", () => events.onLost(cause ?? new Error("Redis closed the connection")));
  client.on("ready", () => events.onReady());
  return {
    subscribe: (channel) => isSharded ? client.ssubscribe(channel) : client.subscribe(channel),
    unsubscribe: (channel) =>
      isSharded ? client.sunsubscribe(channel) : client.unsubscribe(channel),
    close: () => client.disconnect(),
  };
}
