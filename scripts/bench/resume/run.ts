/**
 * Cost of sessions: echoes a second over plain and over resumable connections. Without it nobody would know what
 * `resume: true` costs. Fails below 0.7 of the plain connection.
 *
 *     deno task bench:resume [RUNTIME...]
 *
 * 32 connections with 32 messages of 64 bytes in flight on each; server and client are two processes on one runtime. Each
 * kind is measured five times, in turn, and the best counts: the rest of the machine can only slow one down.
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
const rows = [["runtime", "plain, echoes/s", "resumable, echoes/s", "ratio"]];
let isGood = true;
for (const name of given.length > 0 ? given : ["deno", "bun", "node24"]) {
  if (!isRuntimeName(name)) throw new RangeError(`Unknown runtime "${name}"`);
  const server = await startServer(await onRuntime(name, "scripts/bench/resume/server.ts"));
  const client = await onRuntime(name, "scripts/bench/resume/client.ts");
  const { code, output, errors } = await run(withArguments(client, server.url), 120_000);
  await server.stop();
  if (code !== 0) throw new Error(`${name}: ended with ${code}\n${output}${errors}`);
  const { plain, resumable }: { plain: number; resumable: number } = JSON.parse(output);
  const ratio = resumable / plain;
  isGood &&= ratio >= LEAST_RATIO;
  rows.push([name, plain.toFixed(0), resumable.toFixed(0), ratio.toFixed(2)]);
}
console.log(formatTable(rows));
if (!isGood) console.error(`a ratio is below ${LEAST_RATIO}`);
process.exit(isGood ? 0 : 1);
