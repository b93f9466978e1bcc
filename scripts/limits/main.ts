/**
 * What greedy peers cost with each limit and without, on each runtime: the round trip of an honest
 * peer beside them, the server's processor time and memory. Without it a limit could be kept and
 * still not help those whom it is for.
 *
 *     deno task bench:limits [--runtimes deno,bun,node24] [--seconds N]
 *
 * @module
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { connect } from "../../mod.ts";
import { startLineServer } from "../lib/line_server.ts";
import {
  findRuntime,
  type FoundRuntime,
  isRuntimeName,
  ROOT,
  startArguments,
} from "../lib/runtimes.ts";
import { type Case, CASES } from "./cases.ts";
import { formatTable } from "../lib/table.ts";

interface Usage {
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly connections: number;
}

async function measure(runtime: FoundRuntime, index: number, ms: number) {
  const { limit, options, peers }: Case = CASES[index]!;
  const { name } = runtime, server = "scripts/limits/server.ts";
  const { port, child, readLine } = await startLineServer(runtime, server, [
    JSON.stringify(options),
  ]);
  const ask = async (): Promise<Usage> => {
    child.stdin!.write("?\n");
    return JSON.parse(await readLine());
  };
  const honest = await connect(`ws://127.0.0.1:${port}/`);
  const program = [...startArguments("node"), join(ROOT, "scripts/limits/greedy.ts")];
  const greedy = spawn(process.execPath, [...program, `${index}`, `${port}`], { stdio: "inherit" });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = await ask(), startedAt = performance.now(), trips: number[] = [];
  while (performance.now() - startedAt < ms) {
    const sentAt = performance.now();
    await honest.send("hello");
    await honest.read();
    trips.push(performance.now() - sentAt);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const after = await ask(), seconds = (performance.now() - startedAt) / 1_000;
  greedy.kill("SIGKILL");
  honest.abort();
  if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
  trips.sort((a, b) => a - b);
  const part = (share: number): string =>
    (trips[Math.floor((trips.length - 1) * share)] ?? 0).toFixed(1);
  const cpu = Math.round((after.cpuMs - before.cpuMs) / seconds / 10);
  return [
    name,
    limit,
    `${peers}`,
    part(0.5),
    part(0.99),
    `${cpu} %`,
    `${after.rssMiB}`,
    `${after.connections}`,
  ];
}

const { values } = parseArgs({
  options: {
    runtimes: { type: "string", default: "deno,bun,node24" },
    seconds: { type: "string", default: "3" },
  },
});
const rows = [["runtime", "limit", "greedy", "honest p50 ms", "p99 ms", "CPU", "MiB", "open"]];
for (const name of values.runtimes.split(",")) {
  if (!isRuntimeName(name)) throw new RangeError(`Unknown runtime "${name}"`);
  const runtime = await findRuntime(name);
  for (const index of CASES.keys()) {
    rows.push(await measure(runtime, index, Number(values.seconds) * 1_000));
  }
}
console.log(formatTable(rows));
process.exit();
