/**
 * Runs the same test files under Deno, Bun and Node, and prints one table. Without it the library
 * could work on its author's runtime only.
 *
 *     deno task test [--runtimes deno,bun,node22|all] [--timeout SECONDS] [FILE|FOLDER...]
 *
 * Test files are `tests/**\/*_test.ts`. Those of `tests/interop` and `tests/browser` run only when
 * they are named. `*_deno_test.ts`, `*_bun_test.ts` and `*_node_test.ts` are for one runtime. Each
 * file has a process of its own: a leak of one cannot keep another alive.
 *
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { addCounts, type Counts, countTests, type FailedTest, listFailed } from "./junit.ts";
import {
  findRuntime,
  type FoundRuntime,
  isRuntimeName,
  ROOT,
  RUNTIME_NAMES,
  type RuntimeName,
} from "../lib/runtimes.ts";
import { findComplaint, runsOn, selectFiles, testArguments } from "./plan.ts";
import { formatTable } from "../lib/table.ts";

/**
 * The last characters of a failing file's output are shown, because runners print failures at the
 * end.
 */
const MAX_OUTPUT_CHARS = 60_000;
/** Of a file that failed without a failing test, told once more at the end. */
const MAX_END_CHARS = 600;

/** Node keeps what it compiled here. Each file then starts in half the processor time. */
const COMPILE_CACHE = join(ROOT, ".cache", "node-compile");

/** One test file on one runtime. */
interface Job {
  readonly file: string;
  readonly runtime: FoundRuntime;
}

interface Outcome extends Job {
  readonly counts: Counts;
  readonly failed: readonly FailedTest[];
  /** Why the file failed although no test did; `""` if it did not. */
  readonly complaint: string;
  readonly output: string;
  readonly ms: number;
}

async function runJob(job: Job, reports: string, timeoutSeconds: number): Promise<Outcome> {
  const { file, runtime: { name, kind, path } } = job;
  const report = join(reports, `${name}-${file.replaceAll("/", "-")}.xml`);
  const started = performance.now();
  const ownGroup = process.platform !== "win32"; // so that processes of a test are ended with it
  const child = spawn(path, testArguments(kind, file, report), {
    cwd: ROOT,
    detached: ownGroup,
    env: {
      ...process.env,
      NO_COLOR: "1",
      FORCE_COLOR: undefined,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => {
    try {
      if (ownGroup && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch { /* nothing left to kill */ }
  };
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => output = (output + text).slice(-MAX_OUTPUT_CHARS));
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutSeconds * 1000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", kill);
    child.on("close", resolve);
  });
  clearTimeout(timer);
  const told = await readFile(report, "utf8").catch(() => "");
  const counts = countTests(told, kind);
  const failed = counts.failed === 0 ? [] : listFailed(told, kind);
  const complaint = findComplaint(counts, timedOut ? { code, timeoutSeconds } : { code });
  return { ...job, counts, failed, complaint, output, ms: performance.now() - started };
}

/** Prints the results of a file on all runtimes. */
function printFile(file: string, outcomes: readonly Outcome[]): void {
  for (const { runtime, output, complaint, counts } of outcomes) {
    if (!complaint && counts.failed === 0) continue;
    console.log(`\n---- ${file} on ${runtime.name}${complaint && `: ${complaint}`}\n${output}----`);
  }
  const results = outcomes.map(({ runtime, counts: { passed, failed }, complaint }) =>
    `${runtime.name} ${passed}${failed ? ` (${failed} failed)` : complaint && ` (${complaint})`}`
  );
  const bad = outcomes.some(({ complaint, counts }) => complaint !== "" || counts.failed > 0);
  const seconds = outcomes.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  console.log(`${bad ? "FAIL" : "ok  "} ${file}  ${results.join("  ")}  ${seconds.toFixed(1)} s`);
  if (!bad && new Set(outcomes.map(({ counts: { passed } }) => passed)).size > 1) {
    console.log("     note: not the same number of tests on each runtime");
  }
}

/** Tells once more what failed, in lines that `.ci/run` shows at its end. */
function printFailed(outcomes: readonly Outcome[]): void {
  for (const { file, runtime, failed, complaint, output } of outcomes) {
    const where = `FAILED ${file} on ${runtime.name}`;
    for (const { name, error } of failed) console.log(`${where}: ${name}: ${error}`);
    if (complaint !== "") console.log(`${where}: ${complaint}\n${output.slice(-MAX_END_CHARS)}`);
  }
}

async function runAll(jobs: readonly Job[], timeoutSeconds: number): Promise<readonly Outcome[]> {
  const reports = await mkdtemp(join(tmpdir(), "fullduplex-test-"));
  const outcomes: Outcome[] = [];
  const queue = [...jobs];
  const work = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      outcomes.push(await runJob(job, reports, timeoutSeconds));
      const { file } = job;
      const done = outcomes.filter((outcome) => outcome.file === file);
      if (done.length < jobs.filter((each) => each.file === file).length) continue;
      printFile(file, RUNTIME_NAMES.flatMap((name) => done.filter((o) => o.runtime.name === name)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  await rm(reports, { recursive: true, force: true });
  return outcomes;
}

function readVersion({ path }: FoundRuntime): string {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  return /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? "unknown";
}

function chooseRuntimes(option: string | undefined): readonly RuntimeName[] {
  if (option === "all" || (option === undefined && process.env.CI === "true")) return RUNTIME_NAMES;
  return (option ?? "deno,bun,node24").split(",").map((name) => {
    if (isRuntimeName(name)) return name;
    throw new RangeError(`Unknown runtime "${name}": use ${RUNTIME_NAMES.join(", ")} or all`);
  });
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { runtimes: { type: "string" }, timeout: { type: "string", default: "600" } },
  });
  const paths = positionals.map((path) =>
    relative(ROOT, resolve(path)).replaceAll("\\", "/") || "."
  );
  const found = await readdir(join(ROOT, "tests"), { recursive: true });
  const files = selectFiles(found.map((file) => `tests/${file.replaceAll("\\", "/")}`), paths);
  const runtimes: FoundRuntime[] = [];
  for (const name of chooseRuntimes(values.runtimes)) runtimes.push(await findRuntime(name));

  const jobs = files.flatMap((file) =>
    runtimes.filter(({ kind }) => runsOn(file, kind)).map((runtime) => ({ file, runtime }))
  );
  const outcomes = await runAll(jobs, Number(values.timeout));

  const rows = [["runtime", "version", "passed", "failed"]];
  let idle = false;
  const all = runtimes.map((runtime) => {
    const own = outcomes.filter((outcome) => outcome.runtime === runtime);
    // A file that failed without a failing test (it crashed, hung or was empty) counts as one.
    const counts = addCounts(own.map(({ counts, complaint }) => ({
      ...counts,
      failed: counts.failed + (complaint ? 1 : 0),
    })));
    rows.push([runtime.name, readVersion(runtime), `${counts.passed}`, `${counts.failed}`]);
    if (counts.passed + counts.failed === 0) idle = true;
    return counts;
  });
  const { passed, failed, skipped } = addCounts(all);
  console.log(`\n${formatTable(rows)}\n`);
  if (idle) console.log("A runtime ran no test at all.\n");
  printFailed(outcomes);
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
  return failed > 0 || idle ? 1 : 0;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
