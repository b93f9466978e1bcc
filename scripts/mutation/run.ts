/**
 * Changes `src/protocol` and `src/handshake` in small ways, one at a time, and runs their tests.
 * A change that no test notices shows a hole in the tests, which coverage does not: a line can be
 * run by a test that asserts nothing about it.
 *
 *     deno task mutation [--from N] [NAME...]
 *
 * Works on a copy of the tree. Runs the test that mirrors the changed file first, and all tests
 * of its folder if that one passes. A NAME is part of a path. Exits with 1 if a mutant survives
 * that is not explained.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
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

/** The tests of a file's folder; frames and messages are also tested by the fuzz. */
function testsOf(folder: string): string[] {
  return folder === "protocol"
    ? [
      "tests/protocol",
      "tests/fuzz",
      "tests/framed/inflating_test.ts",
      "tests/framed/slices_test.ts",
    ]
    : [`tests/${folder}`];
}

async function isKilled(tree: string, mutant: Mutant): Promise<boolean> {
  const path = join(tree, mutant.file), source = await readFile(path, "utf8");
  const [, folder = "", name = ""] = mutant.file.replace(".ts", "").split("/");
  const own = `tests/${folder}/${name}_test.ts`;
  await writeFile(path, mutate(source, mutant));
  try {
    const hasOwn = await stat(join(tree, own)).then(() => true, () => false);
    return hasOwn && fails(tree, [own]) || fails(tree, testsOf(folder));
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
