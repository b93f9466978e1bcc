/**
 * SIGTERM while many connections are open and some are at work, on each runtime: prints the
 * server's report, the spread of the Closes, and the answers that were lost. Without it a
 * deployment could drop what its handlers had begun, and send all clients to the next server at
 * once.
 *
 *     deno task test:drain [--runtimes deno,bun,node24] [--connections N] [--busy N] [--spread MS]
 *     deno task test:drain --mount
 *     deno task test:drain:quick
 *
 * The quick form: 500 connections, 100 of them busy, over 4 s, as in the gate of CI. The peers and
 * the server are processes of their own, with a file for each connection. With `--mount` the server
 * is a mount on the HTTP server of each runtime: `node:http`, `Deno.serve` or `Bun.serve`.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { startLineServer } from "../lib/line_server.ts";
import { findRuntime, type FoundRuntime, isRuntimeName } from "../lib/runtimes.ts";
import { formatTable } from "../lib/table.ts";
import { Peers } from "./peers.ts";

const BUSY_MS = 2_000;
/** Bars of the histogram. */
const BARS = 10;
/**
 * A bar may have three times its share. A process that stands still for the time of a bar, as on a
 * busy machine, doubles the next one; without a spread one bar has ten.
 */
const MOST_SHARES = 3;

interface Size {
  readonly all: number;
  readonly busy: number;
  readonly spreadMs: number;
  readonly isMounted: boolean;
}

/** The line that the server prints at its end. */
interface ServerLine {
  readonly drained: number;
  readonly forced: number;
  readonly longestMs: number;
  readonly ms: number;
  readonly begun: number;
  readonly answered: number;
  readonly failed: number;
  readonly goodbyes: number;
}

interface Result {
  readonly row: readonly string[];
  readonly histogram: string;
  readonly failures: readonly string[];
}

async function drainOne(runtime: FoundRuntime, size: Size): Promise<Result> {
  const { all, busy, spreadMs, isMounted } = size;
  const { name } = runtime;
  const server = await startLineServer(runtime, "scripts/drain/server.ts", [
    "--spread",
    `${spreadMs}`,
    ...isMounted ? ["--mount"] : [],
  ]);
  const { child } = server;
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const peers = new Peers(server.port);
  await peers.open({ all, busy });
  await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
  const startedAt = performance.now();
  if (child.pid !== undefined) process.kill(child.pid, "SIGTERM");
  const told: ServerLine = JSON.parse(await server.readLine() || "{}");
  await peers.whenEnded();
  const code = await exit, { closes, answers, lost } = peers.counts;
  // Deno 2.9.6 ends a connection without the Close when a message of the client crosses it: a
  // `Deno.serve` without this library loses 47 of 2,000 Closes in the same way.
  const losesCloses = isMounted && runtime.kind === "deno";
  const unanswered = told.begun - answers;
  const delays = closes.map((at) => at - startedAt);
  const failures = [
    code === 0 ? "" : `ended with ${code}`,
    told.drained === all ? "" : `${told.drained} of ${all} drained`,
    told.goodbyes === all ? "" : `drain() was called ${told.goodbyes} times`,
    unanswered === 0 ? "" : `${unanswered} answers of ${told.begun} messages begun are lost`,
    lost === 0 || losesCloses ? "" : `${lost} connections ended without a Close`,
    told.failed === 0 ? "" : `${told.failed} errors of handlers`,
    isSpread(delays, spreadMs) ? "" : "the Closes are not spread evenly",
  ].filter((failure) => failure !== "");
  const { drained, forced, longestMs, ms, begun } = told;
  const numbers = [drained, forced, Math.round(longestMs), ms, begun, answers, unanswered];
  return { row: [name, ...numbers.map(String)], histogram: draw(delays), failures };
}

/** Whether no tenth of the time has much more than its share: a storm. */
function isSpread(delays: readonly number[], spreadMs: number): boolean {
  if (spreadMs === 0) return true;
  return countBars(delays, spreadMs).every((count) => count <= MOST_SHARES * delays.length / BARS);
}

function countBars(delays: readonly number[], lengthMs: number): readonly number[] {
  const counts = Array<number>(BARS).fill(0);
  for (const delay of delays) {
    const bar = Math.min(BARS - 1, Math.max(0, Math.floor(delay * BARS / lengthMs)));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return counts;
}

function draw(delays: readonly number[]): string {
  const longest = Math.max(1, ...delays),
    counts = countBars(delays, longest),
    most = Math.max(...counts);
  return counts.map((count, bar) => {
    const until = `${Math.round((bar + 1) * longest / BARS)} ms`.padStart(9);
    return `${until} ${String(count).padStart(6)} ${"#".repeat(Math.ceil(count * 50 / most))}`;
  }).join("\n");
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      runtimes: { type: "string", default: "deno,bun,node24" },
      connections: { type: "string", default: "10000" },
      busy: { type: "string", default: "2000" },
      spread: { type: "string", default: "30000" },
      quick: { type: "boolean", default: false },
      mount: { type: "boolean", default: false },
    },
  });
  const { quick, connections, busy, spread, mount: isMounted } = values;
  const size: Size = quick
    ? { all: 500, busy: 100, spreadMs: 4_000, isMounted }
    : { all: Number(connections), busy: Number(busy), spreadMs: Number(spread), isMounted };
  const rows = [[
    "runtime",
    "drained",
    "dropped",
    "longest ms",
    "all ms",
    "begun",
    "answered",
    "lost",
  ]];
  const failed: string[] = [];
  for (const name of values.runtimes.split(",")) {
    if (!isRuntimeName(name)) throw new RangeError(`Unknown runtime "${name}"`);
    const { row, histogram, failures } = await drainOne(await findRuntime(name), size);
    rows.push([...row]);
    failed.push(...failures.map((failure) => `${name}: ${failure}`));
    console.log(`${name}: Closes after SIGTERM\n${histogram}\n`);
  }
  console.log(formatTable(rows));
  for (const failure of failed) console.log(`FAILED ${failure}`);
  return failed.length > 0 ? 1 : 0;
}

process.exit(await main(process.argv.slice(2)));
