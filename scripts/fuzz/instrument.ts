/**
 * Code that counts which of its branches are taken, for a fuzzer that is guided by them.
 *
 * @module
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { existsSync } from "node:fs";
import { countBranches } from "./count_branches.mjs";
import { install, ROOT } from "../lib/runtimes.ts";

const COMPILER = "typescript@6.0";

/** The global array that the code counts in. */
export const COUNTERS = "__branches";

/**
 * Copies `src` and the helpers of tests to a folder; `src` counts. Returns the number of branches.
 */
export async function instrument(folder: string): Promise<number> {
  const tools = join(ROOT, ".cache", COMPILER);
  if (!existsSync(tools)) await install(COMPILER, tools);
  const ts: unknown = createRequire(join(tools, "package.json"))("typescript");
  await rm(folder, { recursive: true, force: true });
  for (const part of ["src", "tests/helpers", "tests/fuzz", "scripts/lib"]) {
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  }
  let branches = 0;
  const source = join(folder, "src");
  for (const name of await readdir(source, { recursive: true })) {
    if (!/^(?:protocol|handshake)\/.*\.ts$/.test(name)) continue;
    const path = join(source, name);
    const text = await readFile(path, "utf8");
    const counted = countBranches(text, { ts, first: branches, counters: COUNTERS });
    branches = counted.branches;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, counted.text);
  }
  return branches;
}
