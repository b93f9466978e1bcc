/**
 * Topics over Redis, with the client that your application has: `redis` or `ioredis`.
 *
 * @example
 * ```ts ignore
 * import { createClient } from "redis"; // or: import { Redis } from "ioredis"
 * import { Topics } from "@fullduplex/websocket/topics";
 * import { redisBackplane } from "@fullduplex/websocket/topics/redis";
 *
 * const client = await createClient({ url: "redis://127.0.0.1:6379" }).connect();
 * const topics = new Topics({
 *   backplane: redisBackplane(client),
 *   history: { messages: 100, seconds: 300 },
 * });
 * ```
 *
 * @module
 */
import type { Backplane } from "../backplane.ts";
import { RedisBackplane } from "./backplane.ts";
import { ClusterLink } from "./cluster_link.ts";
import {
  fromIoredis,
  fromIoredisCluster,
  type IoredisClient,
  type IoredisCluster,
} from "./ioredis.ts";
import { RedisKeys } from "./keys.ts";
import {
  fromNodeRedis,
  fromNodeRedisCluster,
  type NodeRedisClient,
  type NodeRedisCluster,
} from "./node_redis.ts";
import { fromNodeRedisSentinel, type NodeRedisSentinel } from "./node_redis_sentinel.ts";
import { checkOptions } from "../../connection/option_checks.ts";
import { SingleLink } from "./single_link.ts";
import type { RedisClient } from "./subscriber.ts";

export type { Backplane } from "../backplane.ts";
export type { IoredisClient, IoredisCluster, NodeRedisClient, NodeRedisCluster, NodeRedisSentinel };

/** The clients that `redisBackplane` accepts, described by the methods that it calls. */
export type AnyRedisClient =
  | NodeRedisClient
  | NodeRedisCluster
  | NodeRedisSentinel
  | IoredisClient
  | IoredisCluster;

/** Options of {@linkcode redisBackplane}. */
export interface RedisBackplaneOptions {
  /**
   * Prefix of the names of all channels and keys. Applications that share a Redis need different
   * ones.
   *
   * @default {"topics:"}
   */
  prefix?: string;
}

/**
 * Carries topics over Redis 7 or later. The client belongs to the caller and is not closed. It
 * should have an `error` listener. One more connection is opened for subscriptions; on a cluster,
 * one to each node that has topics.
 *
 * - *Without a history* a message is published with `PUBLISH`, on a cluster with `SPUBLISH`: topics
 *   are spread over 128 hash tags, so that a message costs one shard and not all nodes.
 * - *With a history* one script assigns the offset of a message, adds the message to a stream that
 *   is trimmed by count and age, and publishes it. If a script runs twice, the message is kept
 *   once.
 *
 * @throws {TypeError} if the client is not of a known kind.
 */
export function redisBackplane(
  client: AnyRedisClient,
  options: RedisBackplaneOptions = {},
): Backplane {
  checkOptions("redisBackplane", options, { prefix: null });
  const { prefix = "topics:" } = options;
  if (typeof prefix !== "string" || /[{}]/.test(prefix)) {
    throw new TypeError("prefix: must be a string without braces, which Redis takes for hash tags");
  }
  const known = toClient(client);
  const link = known.isCluster ? new ClusterLink(known) : new SingleLink(known);
  return new RedisBackplane(link, new RedisKeys(prefix));
}

function toClient(client: AnyRedisClient): RedisClient {
  if (typeof client === "object" && client !== null) {
    if ("masters" in client) return fromNodeRedisCluster(client);
    if ("call" in client) {
      return "isCluster" in client && client.isCluster
        ? fromIoredisCluster(client)
        : fromIoredis(client as IoredisClient);
    }
    if ("acquire" in client) return fromNodeRedisSentinel(client);
    if ("sendCommand" in client && "duplicate" in client) return fromNodeRedis(client);
  }
  throw new TypeError(
    "client: must be a client or a cluster of the package redis (5 or later) or ioredis (5 or later)",
  );
}
