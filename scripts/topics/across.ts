/**
 * Topics across three processes, one on each runtime, through a real engine that is killed,
 * stopped and started again meanwhile: what each receiver has, and what it was told it lost, must
 * add up to what was published. Without it only tests inside one process would say so.
 *
 *     deno task test:topics:seeds [--engine redis|cluster|nats] [--client redis|ioredis]
 *         [--connections N] [--messages N] [--faults N] [--seeds N] [--first SEED]
 *         [--history N] [--pace MS] [--together N]
 *
 * `--connections 300 --messages 10000` is the large run. `--together N` runs so many seeds on the
 * same processes, each in a topic of its own: starting them costs more than a seed.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type EngineName, type Fleet, startFleet } from "./fleet.ts";
import { runSeed } from "./seed.ts";

const { values: flags } = parseArgs({
  options: {
    engine: { type: "string", default: "redis" },
    client: { type: "string", default: "redis" },
    connections: { type: "string", default: "10" },
    messages: { type: "string", default: "300" },
    faults: { type: "string", default: "2" },
    seeds: { type: "string", default: "1" },
    first: { type: "string", default: "1" },
    history: { type: "string", default: "100000" },
    pace: { type: "string", default: "20" },
    together: { type: "string", default: "10" },
  },
});

const ENGINES: readonly EngineName[] = ["redis", "cluster", "nats"];
const engine = ENGINES.find((name) => name === flags.engine);
if (engine === undefined) throw new Error(`--engine ${flags.engine}: redis, cluster or nats`);
const { client, history } = flags, isTold = history !== "0";

const failed: number[] = [];
const first = Number(flags.first), seeds = Number(flags.seeds), together = Number(flags.together);
let fleet: Fleet | null = null;
for (let index = 0; index < seeds; index++) {
  const seed = first + index;
  fleet ??= await startFleet({ engine, client, history });
  let faults: string[];
  try {
    faults = await runSeed(fleet, {
      seed,
      connections: Number(flags.connections),
      messages: Number(flags.messages),
      faults: Number(flags.faults),
      paceMs: Number(flags.pace),
      isTold,
      counts: isTold && engine !== "nats",
    });
  } catch (error) {
    faults = [`seed ${seed}: ${error instanceof Error ? error.stack : error}`];
  }
  for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
  if (faults.length > 0) failed.push(seed);
  if (faults.length === 0 && (index + 1) % together > 0 && index + 1 < seeds) continue;
  const errors = await fleet.stop();
  fleet = null;
  if (errors !== "") console.log(errors.slice(0, 500));
}
const which = failed.length > 0 ? `; not ${failed.join(", ")}` : "";
console.log(`${engine}: ${seeds - failed.length} of ${seeds} seeds add up${which}`);
process.exit(failed.length > 0 ? 1 : 0);
