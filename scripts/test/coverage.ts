/**
 * Measures which branches of `src` the tests reach, under Deno and under Node, by folder. Without
 * it code that no test has ever run would look as safe as the rest.
 *
 *     deno task coverage [FILE|FOLDER...]
 *
 * The two runtimes have different numbers of branches, because V8 counts those of the code that it
 * runs: Deno compiles TypeScript, Node only strips the types. Each has its own column therefore.
 * Bun reports lines only.
 *
 * @module
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Command, run } from "../lib/process.ts";
import { DENO_FLAGS, findRuntime, ROOT, startArguments } from "../lib/runtimes.ts";
import { formatTable } from "../lib/table.ts";
import { type Coverage, readLcov, sumByFolder, toPercent } from "./lcov.ts";
import { runsOn, selectFiles } from "./plan.ts";

const RUN_MS = 30 * 60_000;

/** Runs commands one after the other. Returns whether all exited with 0. */
async function runAll(commands: readonly Command[]): Promise<boolean> {
  let isGood = true;
  for (const command of commands) {
    const { code, output, errors } = await run(command, RUN_MS);
    if (code === 0) continue;
    isGood = false;
    console.error(`${output.slice(-4_000)}${errors.slice(-4_000)}\nended with ${code}`);
  }
  return isGood;
}

/**
 * Runs the tests under Deno, each file in a process of its own, and writes a report. In one process
 * an abort in native code, as of nghttp2 in Deno 2.9, would lose the files that come after it. Each
 * process has a folder of its own, because Deno empties the folder first.
 */
async function coverDeno(files: readonly string[], folder: string): Promise<boolean> {
  const { path } = await findRuntime("deno");
  const profiles = files.map((_, index) => join(folder, "deno", `${index}`));
  return await runAll([
    ...files.map((file, index) => ({
      file: path,
      arguments: ["test", ...DENO_FLAGS, `--coverage=${profiles[index]}`, file],
    })),
    {
      file: path,
      arguments: ["coverage", "--lcov", `--output=${join(folder, "deno.lcov")}`, ...profiles],
    },
  ]);
}

/** Runs the tests under Node, each file in a process of its own, and writes a report. */
async function coverNode(files: readonly string[], folder: string): Promise<boolean> {
  const { path } = await findRuntime("node24");
  const flags = [
    "--test",
    "--experimental-test-coverage",
    "--test-coverage-include=src/**",
    "--test-coverage-include=mod.ts",
    "--test-reporter=lcov",
    `--test-reporter-destination=${join(folder, "node.lcov")}`,
  ];
  return await runAll([{ file: path, arguments: [...startArguments("node"), ...flags, ...files] }]);
}

function toPath(file: string): string | null {
  const path = file.startsWith("file:") ? fileURLToPath(file) : join(ROOT, relative(ROOT, file));
  const name = relative(ROOT, path).replaceAll("\\", "/");
  return name === "mod.ts" || name.startsWith("src/") ? name : null;
}

/** `src/runtime/deno` for a file of that folder, `src` for one beside the folders. */
function folderOf(path: string): string {
  const folders = path.split("/").slice(0, -1);
  return folders.slice(0, folders[1] === "runtime" ? 3 : 2).join("/") || ".";
}

const found = await readdir(join(ROOT, "tests"), { recursive: true });
const files = selectFiles(
  found.map((file) => `tests/${file.replaceAll("\\", "/")}`),
  process.argv.slice(2),
);
const work = await mkdtemp(join(tmpdir(), "fullduplex-coverage-"));
let isGood = true;
const columns: ReadonlyMap<string, Coverage>[] = [];
try {
  for (const [kind, cover] of [["deno", coverDeno], ["node", coverNode]] as const) {
    isGood = await cover(files.filter((file) => runsOn(file, kind)), work) && isGood;
    columns.push(readLcov(await readFile(join(work, `${kind}.lcov`), "utf8"), toPath));
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
const sums = columns.map((files) => sumByFolder(files, folderOf));
const totals = columns.map((files) => sumByFolder(files, () => "all"));
const folders = [...new Set(sums.flatMap((column) => [...column.keys()]))].sort();
const row = (name: string, maps: readonly ReadonlyMap<string, Coverage>[]): string[] => [
  name,
  "",
  ...maps.flatMap((map) => {
    const coverage = map.get(name);
    return coverage ? [toPercent(coverage.branches), toPercent(coverage.lines)] : ["-", "-"];
  }),
];
console.log(formatTable([
  ["% reached", "", "branches, Deno", "lines, Deno", "branches, Node", "lines, Node"],
  ...folders.map((folder) => row(folder, sums)),
  row("all", totals),
]));
if (!isGood) process.exit(1);
