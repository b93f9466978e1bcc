/**
 * Cost of sessions: echoes over plain and over resumable connections. Without it nobody would know
 * what `resume: true` costs. Fails if a plain echo takes less than 0.7 of the CPU time of a
 * resumable one.
 *
 *     deno task bench:resume [RUNTIME...]
 *
 * 32 connections with 32 messages of 64 bytes in flight on each; server and client are two
 * processes on one runtime. Each kind is measured five times, in turn, and the best counts. CPU
 * time decides, and not the rate: the rate also tells what else the machine does. On Linux, whose
 * /proc it reads.
 *
 * @module
 */
import process from "node:process";
import { onRuntime } from "../../lib/on_runtime.ts";
import { run, startServer, withArguments } from "../../lib/process.ts";
import { isRuntimeName } from "../../lib/runtimes.ts";
import { formatTable } from "../../lib/table.ts";

const LEAST_RATIO = 0.7;

const given = process.argv.slice(2);
const rows = [[
  "runtime",
  ...["plain, echoes/s", "resumable, echoes/s", "plain, CPU us", "resumable, CPU us", "ratio"],
]];
let isGood = true;
for (const name of given.length > 0 ? given : ["deno", "bun", "node24"]) {
  if (!isRuntimeName(name)) throw new RangeError(`Unknown runtime "${name}"`);
  const server = await startServer(await onRuntime(name, "scripts/bench/resume/server.ts"));
  const client = await onRuntime(name, "scripts/bench/resume/client.ts");
  const command = withArguments(client, server.url, `${server.pid}`);
  const { code, output, errors } = await run(command, 120_000);
  await server.stop();
  if (code !== 0) throw new Error(`${name}: ended with ${code}\n${output}${errors}`);
  const { plain, resumable }: Record<"plain" | "resumable", { rate: number; cost: number }> = JSON
    .parse(output);
  const ratio = plain.cost / resumable.cost;
  isGood &&= ratio >= LEAST_RATIO;
  const rates = [plain, resumable].map(({ rate }) => rate.toFixed(0));
  const costs = [plain, resumable].map(({ cost }) => cost.toFixed(2));
  rows.push([name, ...rates, ...costs, ratio.toFixed(2)]);
}
console.log(formatTable(rows));
if (!isGood) console.error(`a ratio is below ${LEAST_RATIO}`);
process.exit(isGood ? 0 : 1);
