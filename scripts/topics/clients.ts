/**
 * Clients of Redis and NATS from npm, for the tests of topics and for `fanout.ts`. They are no
 * dependencies of the library: they are installed into `.cache/topics` by who uses them first.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type {
  AnyRedisClient,
  IoredisClient,
  NodeRedisClient,
  NodeRedisSentinel,
} from "../../src/topics/redis/mod.ts";
import type { JetStreamClient, NatsConnection } from "../../src/topics/nats/mod.ts";
import { install, ROOT } from "../lib/runtimes.ts";

const FOLDER = join(ROOT, ".cache", "topics");
const PACKAGES = ["redis@5", "ioredis@5", "@nats-io/transport-node@3", "@nats-io/jetstream@3"];

/** Options of `natsBackplane`. */
export interface NatsBackplaneParts {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
}

/** A client that can be closed. */
export interface Opened<T> {
  readonly client: T;
  close(): void;
}

interface Closable {
  on(event: "error", listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
  disconnect(): void;
}

/** Installs the clients, unless they are there. */
export async function installClients(): Promise<void> {
  if (!existsSync(join(FOLDER, "node_modules"))) await install(PACKAGES, FOLDER);
}

/** The module of an installed package. */
async function load<T>(name: string): Promise<T> {
  await installClients();
  return createRequire(join(FOLDER, "index.js"))(name);
}

/** Opens a client of the Redis that a sentinel calls `primary`. */
export async function openSentinel(name: string, port: number): Promise<Opened<AnyRedisClient>> {
  const sentinels = [{ host: "127.0.0.1", port }];
  if (name === "ioredis") {
    const { Redis } = await load<{
      Redis: new (options: object) => IoredisClient & Closable;
    }>("ioredis");
    const client = new Redis({ sentinels, name: "primary", maxRetriesPerRequest: null });
    client.on("error", () => {});
    return { client, close: () => client.disconnect() };
  }
  const { createSentinel } = await load<{
    createSentinel(options: object): NodeRedisSentinel & Closable;
  }>("redis");
  const client = createSentinel({ name: "primary", sentinelRootNodes: sentinels });
  client.on("error", () => {});
  await client.connect();
  return { client, close: () => client.destroy() };
}

/**
 * Opens a Redis client. `redis://HOST:PORT` is a stand-alone server; several of them, with commas
 * between, are nodes of a cluster. With `?client=ioredis` the client is `ioredis`, else `redis`.
 */
export async function openRedis(url: string): Promise<Opened<AnyRedisClient>> {
  const [, plain = "", name = "redis"] = /^(.*?)(?:\?client=(\w+))?$/.exec(url)!;
  const urls = plain.split(",").map((one) => one.includes("//") ? one : `redis://${one}`);
  return name === "ioredis" ? await openIoredis(urls) : await openNodeRedis(urls);
}

async function openIoredis(urls: readonly string[]): Promise<Opened<AnyRedisClient>> {
  const { Redis } = await load<{
    Redis: {
      new (url: string, options: object): IoredisClient & Closable;
      Cluster: new (urls: readonly string[], options: object) => IoredisClient & Closable;
    };
  }>("ioredis");
  const options = { maxRetriesPerRequest: null };
  const client = urls.length > 1
    ? new Redis.Cluster(urls, { redisOptions: options })
    : new Redis(urls[0]!, options);
  client.on("error", () => {}); // it connects again; topics tell of the outage
  return { client, close: () => client.disconnect() };
}

async function openNodeRedis(urls: readonly string[]): Promise<Opened<AnyRedisClient>> {
  const { createClient, createCluster } = await load<{
    createClient(options: object): NodeRedisClient & Closable;
    createCluster(options: object): AnyRedisClient & Closable;
  }>("redis");
  const client = urls.length > 1
    ? createCluster({ rootNodes: urls.map((url) => ({ url })) })
    : createClient({
      url: urls[0],
      socket: { reconnectStrategy: (tries: number) => Math.min(tries * 50, 500) },
    });
  client.on("error", () => {});
  client.connect().catch(() => {}); // it goes on trying by itself
  return { client, close: () => client.destroy() };
}

/** Opens a connection to NATS, with JetStream. */
export async function openNats(url: string): Promise<Opened<NatsBackplaneParts>> {
  const { connect } = await load<{
    connect(options: object): Promise<NatsConnection & { close(): Promise<void> }>;
  }>("@nats-io/transport-node");
  const { jetstream } = await load<{ jetstream(connection: NatsConnection): JetStreamClient }>(
    "@nats-io/jetstream",
  );
  const connection = await connect({
    servers: url,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    timeout: 2_000, // for a server that accepts and then dies; 20 s by default
    waitOnFirstConnect: true,
  });
  const client = { connection, jetstream: jetstream(connection) };
  return { client, close: () => void connection.close().catch(() => {}) };
}
