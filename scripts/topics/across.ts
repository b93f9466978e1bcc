/**
 * One topic across three processes, one on each runtime, through a real engine that is killed,
 * stopped and started again meanwhile: what each receiver has, and what it was told it lost, must
 * add up to what was published. Without it only tests inside one process would say so.
 *
 *     across.ts [--engine redis|cluster|nats] [--client redis|ioredis] [--connections N]
 *               [--messages N] [--faults N] [--seeds N] [--first SEED] [--history N] [--pace MS]
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { connect, ReadyState, type WebSocketConnection } from "../../mod.ts";
import {
  type Engine,
  startNats,
  startRedis,
  startRedisCluster,
} from "../../tests/engines/servers.ts";
import { makeRandom } from "../../tests/helpers/byte_pattern.ts";
import { onRuntime } from "../lib/on_runtime.ts";
import { startServer, withArguments } from "../lib/process.ts";
import { Ledger } from "./ledger.ts";

const { values: flags } = parseArgs({
  options: {
    engine: { type: "string", default: "redis" },
    client: { type: "string", default: "redis" },
    connections: { type: "string", default: "20" },
    messages: { type: "string", default: "2000" },
    faults: { type: "string", default: "2" },
    seeds: { type: "string", default: "1" },
    first: { type: "string", default: "1" },
    history: { type: "string", default: "100000" },
    pace: { type: "string", default: "0" }, // between two messages of a publisher
  },
});

const CONNECTIONS = Number(flags.connections), MESSAGES = Number(flags.messages);
const PUBLISHERS = 4; // of each process
const RUNTIMES = ["node24", "bun", "deno"] as const;
const NOTHING_TOLD = { isTold: false, counts: false };
const QUIET_MS = 10_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function startEngines(): Promise<readonly Engine[]> {
  if (flags.engine === "nats") return [await startNats()];
  return flags.engine === "cluster" ? await startRedisCluster() : [await startRedis()];
}

function engineFlags(engines: readonly Engine[]): string[] {
  if (flags.engine === "nats") return ["--nats", `127.0.0.1:${engines[0]!.port}`];
  const urls = engines.map(({ port }) => `redis://127.0.0.1:${port}`).join(",");
  return ["--redis", `${urls}?client=${flags.client}`];
}

/** One node at a time goes away and comes back; a cluster's is only stopped, for nobody replaces it. */
async function disturb(engines: readonly Engine[], random: () => number): Promise<void> {
  const engine = engines[Math.floor(random() * engines.length)]!;
  const isKilled = engines.length === 1 && random() < 0.5, ms = 50 + random() * 400;
  if (isKilled) await engine.kill();
  else engine.pause();
  await sleep(ms);
  if (isKilled) await engine.start();
  else engine.resume();
}

async function receive(connection: WebSocketConnection, ledger: Ledger): Promise<void> {
  for await (const message of connection) ledger.take(String(message));
}

async function runSeed(seed: number): Promise<string[]> {
  const random = makeRandom(seed), engines = await startEngines();
  const more = ["--history", flags.history, ...engineFlags(engines)];
  const servers = await Promise.all(
    RUNTIMES.map(async (runtime) =>
      await startServer(withArguments(await onRuntime(runtime, "scripts/fanout.ts"), ...more))
    ),
  );
  const all = new Map<string, string>(),
    ledgers: Ledger[] = [],
    early: Ledger[] = [],
    connections: WebSocketConnection[] = [];
  const isTold = flags.history !== "0", counts = isTold && flags.engine !== "nats";
  const path = isTold ? "/?topic=t&since=:0" : "/?topic=t";
  for (const { url } of servers) {
    for (let count = 0; count < CONNECTIONS; count++) {
      // The last one of each process gets messages early, and is told nothing.
      const isEarly = isTold && count === CONNECTIONS - 1;
      const connection = await connect(url + (isEarly ? "/?topic=t" : path));
      const ledger = new Ledger(all, isEarly ? NOTHING_TOLD : { isTold, counts });
      (isEarly ? early : ledgers).push(ledger);
      connections.push(connection);
      void receive(connection, ledger);
    }
  }
  await sleep(1_000); // until all have subscribed
  const sent: string[] = [], each = Math.ceil(MESSAGES / (PUBLISHERS * servers.length));
  const faultAt = Array.from({ length: Number(flags.faults) }, () => Math.floor(random() * each));
  let disturbing = Promise.resolve();
  for (let number = 0; number < each; number++) {
    for (const server of servers.keys()) {
      for (let publisher = 0; publisher < PUBLISHERS; publisher++) {
        const message = `p${server}.${publisher}:${number}`;
        sent.push(message);
        const connection = connections[server * CONNECTIONS + publisher]!;
        if (connection.readyState !== ReadyState.OPEN) {
          const { code, reason, cause } = await connection.closed;
          throw new Error(`a publisher was closed: ${code} ${reason}`, { cause });
        }
        await connection.send(message);
      }
    }
    if (faultAt.includes(number)) disturbing = disturbing.then(() => disturb(engines, random));
    if (flags.pace !== "0") await sleep(Number(flags.pace));
    else if (number % 8 === 0) await sleep(1);
  }
  await disturbing;
  // Until nothing has come for a while: also when enough is told to be lost, more may come.
  const isDone = (): boolean => ledgers.every((ledger) => ledger.missing(sent).length === 0);
  for (let last = -1, until = 0;; await sleep(500)) {
    const count = ledgers.reduce((sum, { got }) => sum + got.size, 0);
    if (count === last && (isDone() || performance.now() > until)) break;
    if (count !== last) until = performance.now() + QUIET_MS;
    last = count;
  }
  const closed = connections.filter(({ readyState }) => readyState !== ReadyState.OPEN);
  for (const connection of closed.slice(0, 3)) console.log("closed:", await connection.closed);
  const faults = [...ledgers, ...early].flatMap((ledger, index) => [
    ...ledger.faults.slice(0, 3).map((fault) => `receiver ${index}: ${fault}`),
    ...(early.includes(ledger) ? [] : ledger.missing(sent)).slice(0, 3).map((message) =>
      `receiver ${index} misses ${message}`
    ),
  ]);
  const complete = ledgers.filter(({ got }) => got.size === sent.length).length;
  const told = ledgers.filter(({ toldLost }) => toldLost > 0).length;
  console.log(
    `seed ${seed}: ${sent.length} sent, ${complete} of ${ledgers.length} receivers have all, ` +
      `${told} were told of losses, ${faults.length} faults`,
  );
  for (const connection of connections) connection.abort();
  for (const server of servers) {
    const errors = await server.stop();
    if (errors !== "") console.log(errors.slice(0, 500));
  }
  for (const engine of engines) await engine.stop();
  return faults;
}

let failed = 0;
for (let seed = Number(flags.first); seed < Number(flags.first) + Number(flags.seeds); seed++) {
  const faults = await runSeed(seed);
  for (const fault of faults.slice(0, 10)) console.log(`  ${fault}`);
  if (faults.length > 0) failed++;
}
console.log(`${flags.engine}: ${Number(flags.seeds) - failed} of ${flags.seeds} seeds add up`);
process.exit(failed > 0 ? 1 : 0);
