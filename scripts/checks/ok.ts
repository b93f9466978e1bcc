/**
 * The gate: runs every check, and prints which failed and how long each took. Without it a change
 * could go in with a check that its author did not think of.
 *
 *     deno task ok            all of it
 *     deno task ok:rest       all but the tests, for .ci/run, which runs them before
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { formatTable } from "../lib/table.ts";
import { ROOT } from "../lib/runtimes.ts";

/** Tasks whose output is shown also when they pass. */
const SHOWN = ["size", "test:package"];

/** Tasks of `deno.json`, the fast ones first. */
const CHECKS = [
  "fmt:check",
  "lint",
  "check",
  "check:portable",
  "check:imports",
  "check:declarations",
  "doc:lint",
  "docs:site", // no dead link on it
  "publish:dry",
  "size",
  "test:package",
  "bench:quick", // whether the benchmark works; no time fails it
];

interface Result {
  readonly task: string;
  readonly passed: boolean;
  readonly seconds: string;
}

/** Runs one task. Its output is shown as it comes if `live`, else only if the task fails. */
async function runTask(task: string, live: boolean): Promise<Result> {
  const started = performance.now();
  const child = spawn(process.execPath, ["task", "--quiet", task], {
    cwd: ROOT,
    stdio: live ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => output += text);
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const passed = code === 0;
  console.log(`${passed ? "" : output}${passed ? "ok  " : "FAIL"} ${task}`);
  return { task, passed, seconds: ((performance.now() - started) / 1000).toFixed(1) };
}

const withoutTests = process.argv.includes("--without-tests");
const results: Result[] = [];
for (const task of CHECKS) results.push(await runTask(task, SHOWN.includes(task)));
if (!withoutTests) results.push(await runTask("test:all", true));

const rows = results.map(({ task, passed, seconds }) => [task, passed ? "ok" : "FAILED", seconds]);
console.log(`\n${formatTable([["check", "result", "seconds"], ...rows])}`);
process.exit(results.every(({ passed }) => passed) ? 0 : 1);
