/**
 * Changes `src/protocol` and `src/handshake` in small ways, one at a time, and runs their tests.
 * A change that no test notices shows a hole in the tests, which coverage does not: a line can be
 * run by a test that asserts nothing about it.
 *
 *     deno task mutation [--from N] [NAME...]
 *
 * Works on a copy of the tree. Runs the test that mirrors the changed file first, the others of its
 * folder if that one passes, and the slow ones last. A group of tests must pass without a change
 * before it judges one, and the time that it took then is the measure of a hang. The output tells
 * mutants by which a test failed from those by which it hung. A NAME is part of a path. Exits with
 * 1 if a mutant survives that is not explained.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { ROOT } from "../lib/runtimes.ts";
import { formatTable } from "../lib/table.ts";
import { HANDSHAKE_MUTANTS } from "./handshake_mutants.ts";
import { type Mutant, mutate } from "./mutant.ts";
import { PROTOCOL_MUTANTS } from "./protocol_mutants.ts";

const COPIED = ["src", "tests", "scripts", "deno.json", "mod.ts"];
/** KiB of memory that tests may take. A mutant that loops for ever would otherwise take all. */
const MOST_KIB = 4 * 1024 * 1024;
/** A test hangs if it takes this much longer than ten times its time without a change. */
const PATIENCE_MS = 20_000;
/** How long each group of tests took on the unchanged tree. */
const usualMs = new Map<string, number>();

/** What became of tests, with the first failed test or the last lines of the output. */
interface Outcome {
  readonly name: "passed" | "failed" | "hung";
  readonly why: string;
}

function outcomeOf(tree: string, tests: readonly string[], timeout?: number): Outcome {
  const limit = `ulimit -d ${MOST_KIB}; exec "$@"`;
  const deno = [process.execPath, "test", "-A", "--no-check", "--quiet", "--fail-fast", ...tests];
  const env = { ...process.env, NO_COLOR: "1" };
  const run = spawnSync("sh", ["-c", limit, "sh", ...deno], {
    cwd: tree,
    timeout,
    env,
    encoding: "utf8",
  });
  if (run.status === 0) return { name: "passed", why: "" };
  const failed = /^ FAILURES $\n+(.*)/m.exec(run.stdout)?.[1] ??
    (run.stdout + run.stderr).trim().split("\n").slice(-3).join(" ");
  return { name: run.signal === null ? "failed" : "hung", why: failed };
}

/** The time that tests take on the unchanged tree. They are run once. Throws if they fail. */
function measure(tree: string, tests: readonly string[]): number {
  const key = tests.join(" "), known = usualMs.get(key);
  if (known !== undefined) return known;
  const start = performance.now();
  const { name, why } = outcomeOf(tree, tests);
  if (name !== "passed") throw new Error(`${name} without a change: ${why} (${key})`);
  const usual = performance.now() - start;
  usualMs.set(key, usual);
  return usual;
}

/** A changed file of the copied tree. */
interface Trial {
  readonly tree: string;
  readonly path: string;
  readonly source: string;
  readonly mutated: string;
}

/**
 * Runs tests on a changed tree, at most ten times as long as they took without the change, and
 * {@linkcode PATIENCE_MS}. The machine may have become slower since that was measured, so tests
 * that take longer are run a second time, with a limit that is measured anew.
 */
async function withPatience(tests: readonly string[], trial: Trial): Promise<Outcome> {
  const run = async (): Promise<Outcome> => {
    const limit = Math.round(10 * measure(trial.tree, tests)) + PATIENCE_MS;
    await writeFile(trial.path, trial.mutated);
    const outcome = outcomeOf(trial.tree, tests, limit);
    await writeFile(trial.path, trial.source);
    return outcome;
  };
  const first = await run();
  if (first.name !== "hung") return first;
  usualMs.delete(tests.join(" "));
  return await run();
}

/** Tests of `src/protocol` that take seconds; they run last. */
const SLOW = [
  "tests/protocol/vectors_test.ts",
  "tests/protocol/utf8_test.ts",
  "tests/fuzz",
  "tests/framed/inflating_test.ts",
  "tests/framed/inflating_faults_test.ts",
  "tests/framed/slices_test.ts",
  "tests/framed/slice_sender_test.ts",
];

/** The tests of a file in the order in which they run: its own, its folder's, the slow ones. */
async function testsOf(tree: string, folder: string, name: string): Promise<string[][]> {
  const own = `${name}_test.ts`, slow = folder === "protocol" ? SLOW : [];
  const files = (await readdir(join(tree, "tests", folder)))
    .filter((file) => file.endsWith("_test.ts"));
  const fast = files
    .filter((file) => file !== own)
    .map((file) => `tests/${folder}/${file}`)
    .filter((file) => !slow.includes(file));
  const groups = [files.includes(own) ? [`tests/${folder}/${own}`] : [], fast, slow];
  return groups.filter((group) => group.length > 0);
}

async function judge(tree: string, mutant: Mutant): Promise<Outcome> {
  const path = join(tree, mutant.file), source = await readFile(path, "utf8");
  const [, folder = "", name = ""] = mutant.file.replace(".ts", "").split("/");
  const trial = { tree, path, source, mutated: mutate(source, mutant) };
  for (const tests of await testsOf(tree, folder, name)) {
    const outcome = await withPatience(tests, trial);
    if (outcome.name !== "passed") return outcome;
  }
  return { name: "passed", why: "" };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: "string", default: "0" } },
});
const mutants = [...PROTOCOL_MUTANTS, ...HANDSHAKE_MUTANTS]
  .filter(({ file }) => positionals.length === 0 || positionals.some((name) => file.includes(name)))
  .slice(Number(values.from));
const tree = await mkdtemp(join(tmpdir(), "mutation-"));
/** What became of the mutants of one file. */
interface Count {
  failed: number;
  hung: number;
  explained: number;
  survived: number;
}
const counts = new Map<string, Count>();
try {
  for (const name of COPIED) await cp(join(ROOT, name), join(tree, name), { recursive: true });
  for (const mutant of mutants) mutate(await readFile(join(tree, mutant.file), "utf8"), mutant);
  for (const mutant of mutants) {
    const { file, from, to, survives } = mutant;
    const count = counts.get(file) ?? { failed: 0, hung: 0, explained: 0, survived: 0 };
    counts.set(file, count);
    const { name, why } = await judge(tree, mutant);
    if (name !== "passed") {
      count[name]++;
      console.log(`${name}: ${file}: ${JSON.stringify(from)}, by ${why}`);
      if (survives !== undefined) console.log(`killed, although explained: ${file}: ${from}`);
      continue;
    }
    count[survives === undefined ? "survived" : "explained"]++;
    const explanation = survives ?? "NOT EXPLAINED";
    console.log(`survived: ${file}\n  - ${from}\n  + ${to}\n  ${explanation}`);
  }
} finally {
  await rm(tree, { recursive: true, force: true });
}
const rows = [...counts].map(([file, { failed, hung, explained, survived }]) =>
  [file, failed, hung, explained, survived].map(String)
);
console.log(formatTable([["file", "failed", "hung", "explained", "survived"], ...rows]));
const all = [...counts.values()];
const killed = all.reduce((sum, { failed, hung }) => sum + failed + hung, 0);
console.log(`${killed} of ${mutants.length} mutants are killed`);
if (all.some(({ survived }) => survived > 0)) process.exitCode = 1;
