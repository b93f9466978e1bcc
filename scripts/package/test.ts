/**
 * Tests the npm package as its users have it: installed from its tarball by npm and by Bun, and for
 * Deno from the files that JSR would get; then compiled against, loaded and run on every runtime.
 * Without it a package could be published that no test has seen.
 *
 *     deno task test:package
 *
 * The package in `npm/` may come from either builder. If it is missing or older than the sources,
 * `deno task pack` makes it.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Faults } from "../lib/faults.ts";
import { ensurePackage, makeTarball, readPackageJson, TARBALL_FOLDER } from "./npm_package.ts";
import {
  isForUsers,
  listInstalled,
  listPublished,
  makeProject,
  type Manager,
  mustRun,
  type PackageSource,
} from "./project.ts";
import { tryReadme } from "./readme.ts";
import { copyPrograms, echo, loadEntryPoints, runExamples, runSuite } from "./runs.ts";
import { copySuite } from "./suite.ts";
import { compile, COMPILERS, listCompilations, NEWEST } from "./types.ts";
import { findRuntime, type RuntimeName } from "../lib/runtimes.ts";
import { formatTable } from "../lib/table.ts";

/** A package manager, and the runtime on which the package is used. */
type Column = readonly [Manager, RuntimeName];

/** The adapter suite is not run on the files for JSR, because these are the sources. */
const SUITE_COLUMNS: readonly Column[] = [
  ["npm", "node22"],
  ["npm", "node24"],
  ["npm", "node26"],
  ["npm", "deno"],
  ["bun", "bun"],
];
const OTHER_COLUMNS: readonly Column[] = [["bun", "node24"], ["jsr", "deno"]];
/** Each runtime once, with the package installed as the README says. */
const README_COLUMNS: readonly Column[] = [
  ["npm", "node22"],
  ["npm", "node24"],
  ["npm", "node26"],
  ["bun", "bun"],
  ["jsr", "deno"],
];
const TRANSCRIPT = join(TARBALL_FOLDER, "readme_transcript.txt");

ensurePackage();
const packageJson = readPackageJson();
const faults = new Faults();

/** Installs the package, alone, into an empty project for each manager. */
async function installAll(source: PackageSource): Promise<ReadonlyMap<Manager, string>> {
  const folders = new Map<Manager, string>();
  for (const manager of ["npm", "bun", "jsr"] as const) {
    const folder = await makeProject(manager, source);
    const installed = listInstalled(folder).join(" ");
    const expected = manager === "jsr" ? "" : packageJson.name;
    if (installed !== expected) faults.note(`${manager}: node_modules`, `there is ${installed}`);
    copySuite(folder, packageJson.name);
    copyPrograms(folder);
    folders.set(manager, folder);
  }
  return folders;
}

async function compileAll(folders: ReadonlyMap<Manager, string>): Promise<readonly string[][]> {
  const rows: string[][] = [];
  for (const [manager, folder] of folders) {
    if (manager === "jsr") continue; // Deno's own check reads the sources
    for (const compilation of listCompilations(manager === "npm" ? COMPILERS : [NEWEST])) {
      const { compiler, resolution, file } = compilation;
      const { code, output } = await compile(folder, compilation);
      const what = [manager, compiler, resolution, file];
      rows.push([...what, code === 0 ? "passed" : faults.note(what.join(" "), output)]);
    }
  }
  return rows;
}

async function tryReadmes(source: PackageSource): Promise<readonly string[][]> {
  const rows: string[][] = [], transcripts: string[] = [];
  for (const [manager, name] of README_COLUMNS) {
    const result = await faults.attempt(`README: ${manager}, ${name}`, async () => {
      transcripts.push(await tryReadme(manager, await findRuntime(name), source));
      return "passed";
    });
    rows.push([manager, name, result]);
  }
  writeFileSync(TRANSCRIPT, `${transcripts.join("\n\n")}\n`);
  return rows;
}

/** All that is run on one runtime in one project. */
async function runColumn(column: Column, folder: string): Promise<string[]> {
  const [manager, name] = column;
  const runtime = await findRuntime(name);
  const installed = { folder, packageJson, runtime, faults };
  const { output } = await mustRun({ file: runtime.path, arguments: ["--version"] });
  const row = [manager, name, /\d+\.\d+\.\d+/.exec(output)?.[0] ?? "?"];
  const steps = [loadEntryPoints, echo, runExamples];
  if (SUITE_COLUMNS.includes(column)) steps.push(runSuite);
  for (const step of steps) {
    row.push(await faults.attempt(`${step.name}: ${manager}, ${name}`, () => step(installed)));
  }
  console.log(`done: ${row.join("  ")}`);
  return SUITE_COLUMNS.includes(column) ? row : [...row, "-"];
}

/** Two runtimes at a time, because tests with timeouts must not wait for a processor. */
async function runColumns(folders: ReadonlyMap<Manager, string>): Promise<readonly string[][]> {
  const rows: string[][] = [];
  const queue = [...SUITE_COLUMNS, ...OTHER_COLUMNS].entries().toArray();
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, column] = next;
      rows[index] = await runColumn(column, folders.get(column[0])!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  return rows;
}

const started = performance.now();
const workFolder = mkdtempSync(join(tmpdir(), "fullduplex-package-"));
try {
  const strangers = (await listPublished()).filter((file) => !isForUsers(file));
  if (strangers.length > 0) {
    faults.note("deno publish lists what no user needs", strangers.join("\n"));
  }
  const source = { tarball: makeTarball().path, workFolder };
  const folders = await installAll(source);
  const types = await compileAll(folders);
  const readmes = await tryReadmes(source);
  const runs = await runColumns(folders);
  for (
    const table of [
      [["manager", "compiler", "resolution", "file", "types"], ...types],
      [["manager", "runtime", "README"], ...readmes],
      [
        ["manager", "runtime", "version", "entry points", "echo", "examples", "adapter suite"],
        ...runs,
      ],
    ]
  ) console.log(`\n${formatTable(table)}`);
} finally {
  rmSync(workFolder, { recursive: true, force: true });
}
faults.print();
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`\n${faults.count} faults, ${seconds} s; the README's transcript: ${TRANSCRIPT}`);
process.exit(faults.count > 0 ? 1 : 0);
