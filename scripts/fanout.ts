/**
 * A server that sends whatever arrives on any connection to all connections, the sender too; for
 * tests, benchmarks and other people's clients. Runs unchanged by `deno run -A`, `bun` and `node`
 * (22.18 or later).
 *
 *     fanout.ts [--port N] [--style topics|loop] [--policy wait|drop-newest|drop-oldest|disconnect]
 *               [--redis URL] [--nats URL] [--history N] [--deflate]
 *
 * URLs are as in `topics/clients.ts`.
 *
 * A connection to `/?topic=NAME` is in that topic instead. One to `/?topic=NAME&since=EPOCH:OFFSET`
 * first gets the JSON answer of its subscription, and then what came after that position. Where
 * messages are missing it gets `{ lost, epoch, offset }` as JSON.
 *
 * Its first line is `listening ws://127.0.0.1:PORT`, once it accepts connections. On SIGTERM it
 * drains and exits with 0.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type SendingConnection, serve, type WebSocketHandler } from "../mod.ts";
import { type Backplane, type Position, type SubscribeOptions, Topics } from "../src/topics/mod.ts";

const { values: flags } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    style: { type: "string", default: "topics" },
    policy: { type: "string", default: "wait" },
    redis: { type: "string" },
    nats: { type: "string" },
    history: { type: "string", default: "0" },
    deflate: { type: "boolean", default: false },
  },
});

/** Where a connection is that asks for no topic. */
const EVERYONE = "everyone";
/** How long history is kept. */
const HISTORY_SECONDS = 300;

function fail(why: string): never {
  console.error(`fanout: ${why}`);
  process.exit(2);
}

/**
 * The engine, if there is one. What only an engine needs is loaded here, because it takes 6 MiB on
 * Deno.
 */
async function openBackplane(): Promise<{ backplane?: Backplane }> {
  const { nats, redis } = flags;
  if (nats === undefined && redis === undefined) return {};
  const { openNats, openRedis } = await import("./topics/clients.ts");
  if (nats !== undefined) {
    const { natsBackplane } = await import("../src/topics/nats/mod.ts");
    const { client: { connection, jetstream } } = await openNats(nats);
    return { backplane: natsBackplane(connection, { jetstream }) };
  }
  if (redis === undefined) return {};
  const { redisBackplane } = await import("../src/topics/redis/mod.ts");
  const { client } = await openRedis(redis);
  return { backplane: redisBackplane(client) };
}

const messages = Number(flags.history);
const topics = new Topics({
  ...await openBackplane(),
  policy: flags.policy as NonNullable<SubscribeOptions["policy"]>, // checked by `Topics`
  ...messages > 0 ? { history: { messages, seconds: HISTORY_SECONDS } } : {},
});

function parsePosition(text: string): Position {
  const colon = text.lastIndexOf(":");
  return { epoch: text.slice(0, Math.max(colon, 0)), offset: Number(text.slice(colon + 1)) };
}

function topicOf({ request }: SendingConnection): string {
  return new URL(request.url).searchParams.get("topic") ?? EVERYONE;
}

const overTopics: WebSocketHandler = {
  open(connection) {
    const since = new URL(connection.request.url).searchParams.get("since");
    const options: SubscribeOptions = since === null ? {} : {
      since: parsePosition(since),
      announce: (subscribed) => JSON.stringify(subscribed),
      announceLost: (lost, position) => JSON.stringify({ lost, ...position }),
    };
    topics.subscribe(connection, topicOf(connection), options);
  },
  message: (connection, message) => topics.publish(topicOf(connection), message),
};

const overLoop: WebSocketHandler = {
  message(_connection, message) {
    for (const connection of server.connections) connection.send(message);
  },
};

const styles: Record<string, WebSocketHandler> = { topics: overTopics, loop: overLoop };
const handler = styles[flags.style] ?? fail(`--style ${flags.style}: topics or loop`);

const server = await serve({ port: Number(flags.port), compression: flags.deflate }, handler);
if (server.address.transport !== "tcp") fail("not on TCP");
console.log(`listening ws://127.0.0.1:${server.address.port}`);

process.on("SIGTERM", async () => {
  await server.close({ timeoutMs: 5_000 });
  await topics.close();
  process.exit(0);
});
