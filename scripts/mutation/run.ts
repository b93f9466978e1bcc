/**
 * Changes `src/protocol` and `src/handshake` in small ways, one at a time, and runs their tests.
 * A change that no test notices shows a hole in the tests, which coverage does not: a line can be
 * run by a test that asserts nothing about it.
 *
 *     deno task mutation [--from N] [NAME...]
 *
 * Works on a copy of the tree. Runs the test that mirrors the changed file first, the others of
 * its folder if that one passes, and the slow ones last. A NAME is part of a path. Exits with 1 if a mutant survives
 * that is not explained.
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

const COPIED = ["src", "tests", "deno.json", "mod.ts"];
/** A mutant that makes a test hang is found by this. */
const TIMEOUT_MS = 120_000;

function fails(tree: string, tests: readonly string[]): boolean {
  const args = ["test", "-A", "--no-check", "--quiet", "--fail-fast", ...tests];
  const options = { cwd: tree, timeout: TIMEOUT_MS, encoding: "utf8" } as const;
  return spawnSync(process.execPath, args, options).status !== 0;
}

/** Tests of `src/protocol` that take seconds; they run last. */
const SLOW = [
  "tests/protocol/vectors_test.ts",
  "tests/protocol/utf8_test.ts",
  "tests/fuzz",
  "tests/framed/inflating_test.ts",
  "tests/framed/slices_test.ts",
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

async function isKilled(tree: string, mutant: Mutant): Promise<boolean> {
  const path = join(tree, mutant.file), source = await readFile(path, "utf8");
  const [, folder = "", name = ""] = mutant.file.replace(".ts", "").split("/");
  await writeFile(path, mutate(source, mutant));
  try {
    return (await testsOf(tree, folder, name)).some((tests) => fails(tree, tests));
  } finally {
    await writeFile(path, source);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: "string", default: "0" } },
});
const mutants = [...PROTOCOL_MUTANTS, ...HANDSHAKE_MUTANTS]
  .filter(({ file }) => positionals.length === 0 || positionals.some((name) => file.includes(name)))
  .slice(Number(values.from));
const tree = await mkdtemp(join(tmpdir(), "mutation-"));
const counts = new Map<string, { killed: number; explained: number; survived: number }>();
let survivors = 0;
try {
  for (const name of COPIED) await cp(join(ROOT, name), join(tree, name), { recursive: true });
  for (const mutant of mutants) mutate(await readFile(join(tree, mutant.file), "utf8"), mutant);
  for (const mutant of mutants) {
    const { file, from, to, survives } = mutant;
    const count = counts.get(file) ?? { killed: 0, explained: 0, survived: 0 };
    counts.set(file, count);
    if (await isKilled(tree, mutant)) {
      count.killed++;
      if (survives !== undefined) console.log(`killed, although explained: ${file}: ${from}`);
      continue;
    }
    if (survives !== undefined) count.explained++;
    else {
      count.survived++;
      survivors++;
    }
    const explanation = survives ?? "NOT EXPLAINED";
    console.log(`survived: ${file}\n  - ${from}\n  + ${to}\n  ${explanation}`);
  }
} finally {
  await rm(tree, { recursive: true, force: true });
}
const rows = [...counts].map(([file, { killed, explained, survived }]) =>
  [file, killed, explained, survived].map(String)
);
console.log(formatTable([["file", "killed", "explained", "survived"], ...rows]));
const killed = [...counts.values()].reduce((sum, count) => sum + count.killed, 0);
console.log(`${killed} of ${mutants.length} mutants are killed`);
if (survivors > 0) process.exitCode = 1;
