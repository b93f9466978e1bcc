/**
 * Tests the npm package as its users have it: installed from its tarball by npm and by Bun
 * (and, for Deno, from the files that JSR would get), compiled against, loaded and run on
 * every runtime. Without it a package could be published that no test has ever seen.
 *
 *     deno task test:package
 *
 * It takes the package from `npm/`, whoever built it, and makes it by `deno task pack` when
 * it is missing or older than the sources.
 *
 * @module
 */
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { readDocExamples } from "./doc_code.ts";
import { run } from "./interop_process.ts";
import { addCounts, type Counts, countTests } from "./junit.ts";
import { ensurePackage, makeTarball, readPackageJson, TARBALL_FOLDER } from "./npm_package.ts";
import {
  isForUsers,
  listInstalled,
  listPublished,
  makeProject,
  type Manager,
  mustRun,
  type PackageSource,
} from "./package_project.ts";
import { tryReadme } from "./package_readme.ts";
import { copySuite, SUITE } from "./package_suite.ts";
import { compile, listCompilations } from "./package_types.ts";
import {
  findRuntime,
  type FoundRuntime,
  ROOT,
  type RuntimeName,
  startArguments,
} from "./runtimes.ts";
import { findComplaint, formatTable, runsOn, testArguments } from "./test_plan.ts";

/** Who installs, and what runs there. */
const COLUMNS: readonly (readonly [Manager, RuntimeName])[] = [
  ["npm", "node22"],
  ["npm", "node24"],
  ["npm", "node26"],
  ["npm", "deno"],
  ["bun", "bun"],
  ["bun", "node24"],
  ["jsr", "deno"],
];
/** Whose README is tried: each runtime once, as the README says to install. */
const README_COLUMNS: readonly (readonly [Manager, RuntimeName])[] = [
  ["npm", "node22"],
  ["npm", "node24"],
  ["npm", "node26"],
  ["bun", "bun"],
  ["jsr", "deno"],
];
const STEP_MS = 30_000;
const SUITE_MS = 120_000;
const TRANSCRIPT = join(TARBALL_FOLDER, "readme_transcript.txt");

const faults: string[] = [];
const { name: packageName, exports } = readPackage();
const specifiers = Object.keys(exports).map((entry) => entry.replace(".", packageName));

function readPackage() {
  ensurePackage();
  return readPackageJson();
}

/** Notes what went wrong; gives the word for the table. */
function fail(what: string, error: unknown): string {
  faults.push(`---- ${what}\n${error instanceof Error ? error.message : error}`);
  return "FAILED";
}

async function attempt(what: string, step: () => Promise<string>): Promise<string> {
  try {
    return await step();
  } catch (error) {
    return fail(what, error);
  }
}

/** Nothing but our package may be installed. */
function checkInstalled(manager: Manager, folder: string): void {
  if (manager === "jsr") return;
  const installed = listInstalled(folder).join(" ");
  if (installed !== packageName) fail(`${manager}: node_modules`, `there is ${installed}`);
}

/** Runs the same files as the repository's tests, with the imports of a user. */
async function runSuite(folder: string, { name, kind, path }: FoundRuntime): Promise<string> {
  const all: Counts[] = [];
  for (const file of SUITE.filter((file) => runsOn(file, kind))) {
    const report = join(folder, `${basename(file)}-${name}.xml`);
    const args = testArguments(kind, file, report);
    const { code, output, errors } = await run({ file: path, arguments: args, folder }, SUITE_MS);
    let xml = "";
    try {
      xml = readFileSync(report, "utf8");
    } catch { /* told below */ }
    const counts = countTests(xml, kind);
    all.push(counts);
    const complaint = findComplaint(counts, { code });
    if (complaint || counts.failed > 0) {
      fail(`${file} on ${name}`, `${complaint}\n${output.slice(-8000)}${errors.slice(-8000)}`);
    }
  }
  const { passed, failed } = addCounts(all);
  return failed > 0 ? `${passed} passed, ${failed} FAILED` : `${passed} passed`;
}

/** Whether an example is for this runtime: those of an adapter are for one. */
function isExampleFor(code: string, { kind }: FoundRuntime): boolean {
  const only = new RegExp(`from "${packageName}/(deno|bun|node)"`).exec(code)?.[1];
  return only === undefined || only === kind;
}

/** Runs the examples in the package's doc comments. */
async function runExamples(folder: string, runtime: FoundRuntime): Promise<string> {
  const declarations = globSync("**/*.d.ts", { cwd: join(ROOT, "npm") });
  const examples = declarations.flatMap((file) =>
    readDocExamples(readFileSync(join(ROOT, "npm", file), "utf8"))
      .map(({ name, code }) => ({ name: `${file.replaceAll("\\", "/")} ${name}`, code }))
  ).filter(({ code }) => isExampleFor(code, runtime));
  mkdirSync(join(folder, "examples"), { recursive: true });
  for (const { name, code } of examples) {
    const file = join("examples", `${name.replaceAll(/\W+/g, "_")}.mts`);
    writeFileSync(join(folder, file), code);
    const args = [...startArguments(runtime.kind), file];
    await mustRun({ file: runtime.path, arguments: args, folder }, STEP_MS)
      .catch((error) => fail(`example ${name} on ${runtime.name}`, error));
  }
  return `${examples.length} ran`;
}

/** All that is done on one runtime in one project. */
async function testColumn(
  [manager, name]: readonly [Manager, RuntimeName],
  folder: string,
): Promise<readonly string[]> {
  const runtime = await findRuntime(name);
  const { kind, path } = runtime;
  const start = (file: string, ...args: string[]) =>
    mustRun({ file: path, arguments: [...startArguments(kind), file, ...args], folder }, STEP_MS);
  const where = `${manager}, ${name}`;
  const version = await mustRun({ file: path, arguments: ["--version"] });
  return [
    manager,
    name,
    /\d+\.\d+\.\d+/.exec(version.output)?.[0] ?? "?",
    await attempt(`entry points: ${where}`, async () => {
      await start("entry_points.ts", ...specifiers);
      return `${specifiers.length} load`;
    }),
    await attempt(`echo: ${where}`, async () => {
      const own = `${packageName}/${kind}`;
      for (const specifier of [packageName, own]) await start("echo.ts", specifier);
      return "passed";
    }),
    await attempt(`suite: ${where}`, () => runSuite(folder, runtime)),
    await attempt(`examples: ${where}`, () => runExamples(folder, runtime)),
  ];
}

/** Projects share nothing but the package, so that several runtimes can be at work. */
async function testColumns(folders: ReadonlyMap<Manager, string>): Promise<readonly string[][]> {
  const rows: string[][] = [];
  const queue = [...COLUMNS.entries()];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, column] = next;
      rows[index] = [...await testColumn(column, folders.get(column[0])!)];
      console.log(`done: ${rows[index].join("  ")}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  return rows;
}

async function compileAll(folders: ReadonlyMap<Manager, string>): Promise<readonly string[][]> {
  const rows: string[][] = [];
  for (const [manager, folder] of folders) {
    if (manager === "jsr") continue; // Deno's own check reads the sources
    for (const compilation of listCompilations()) {
      const { compiler, resolution, file } = compilation;
      const { code, output } = await compile(folder, compilation);
      const what = [manager, compiler, resolution, file];
      rows.push([...what, code === 0 ? "passed" : fail(what.join(" "), output)]);
    }
  }
  return rows;
}

async function tryReadmes(source: PackageSource): Promise<readonly string[][]> {
  const rows: string[][] = [], transcripts: string[] = [];
  for (const [manager, name] of README_COLUMNS) {
    const result = await attempt(`README: ${manager}, ${name}`, async () => {
      transcripts.push(await tryReadme(manager, await findRuntime(name), source));
      return "passed";
    });
    rows.push([manager, name, result]);
  }
  writeFileSync(TRANSCRIPT, `${transcripts.join("\n\n")}\n`);
  return rows;
}

const started = performance.now();
const workFolder = mkdtempSync(join(tmpdir(), "fullduplex-package-"));
try {
  const source = { tarball: makeTarball().path, workFolder };
  const strangers = (await listPublished()).filter((file) => !isForUsers(file));
  if (strangers.length > 0) fail("deno publish lists what no user needs", strangers.join("\n"));

  const folders = new Map<Manager, string>();
  for (const manager of ["npm", "bun", "jsr"] as const) {
    const folder = await makeProject(manager, source);
    checkInstalled(manager, folder);
    copySuite(folder, packageName);
    for (const file of ["echo.ts", "entry_points.ts"]) {
      cpSync(join(ROOT, "tests", "package", file), join(folder, file));
    }
    folders.set(manager, folder);
  }
  const types = await compileAll(folders);
  const readmes = await tryReadmes(source);
  const columns = await testColumns(folders);
  const head = [
    "manager",
    "runtime",
    "version",
    "entry points",
    "echo",
    "adapter suite",
    "examples",
  ];
  console.log(
    `\n${formatTable([["manager", "compiler", "resolution", "file", "types"], ...types])}`,
  );
  console.log(`\n${formatTable([["manager", "runtime", "README"], ...readmes])}`);
  console.log(`\n${formatTable([head, ...columns])}\n`);
} finally {
  rmSync(workFolder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${faults.length} faults, ${seconds} s; the README's transcript is in ${TRANSCRIPT}`);
process.exit(faults.length > 0 ? 1 : 0);
