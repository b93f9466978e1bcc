/**
 * The runs of the installed package on one runtime: every entry point is loaded, messages are
 * echoed, the adapter suite and the examples in its declarations are run. Without them the package
 * could be published with a file missing.
 *
 * @module
 */
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readDocExamples, type ShownCode } from "../checks/doc_code.ts";
import type { Faults } from "../lib/faults.ts";
import { type Command, run } from "../lib/process.ts";
import { addCounts, type Counts, countTests } from "../test/junit.ts";
import { PACKAGE_FOLDER, type PackageJson } from "./metadata.ts";
import { mustRun } from "./project.ts";
import { SUITE } from "./suite.ts";
import { type FoundRuntime, ROOT, startArguments } from "../lib/runtimes.ts";
import { findComplaint, runsOn, testArguments } from "../test/plan.ts";

const STEP_MS = 120_000;
const SUITE_MS = 300_000;
/** Of a failing file's output; the end is where runners print their failures. */
const MAX_OUTPUT_CHARS = 8_000;

/** A project that has the package, and a runtime to use it on. */
export interface InstalledOn {
  readonly folder: string;
  readonly packageJson: PackageJson;
  readonly runtime: FoundRuntime;
  readonly faults: Faults;
}

/** Puts the programs of tests/package into a project. */
export function copyPrograms(folder: string): void {
  for (const file of ["echo.ts", "entry_points.ts"]) {
    cpSync(join(ROOT, "tests", "package", file), join(folder, file));
  }
}

function program({ folder, runtime: { kind, path } }: InstalledOn, ...args: string[]): Command {
  return { file: path, arguments: [...startArguments(kind), ...args], folder };
}

/** Loads every entry point. */
export async function loadEntryPoints(installed: InstalledOn): Promise<string> {
  const { name, exports } = installed.packageJson;
  const specifiers = Object.keys(exports).map((entry) => entry.replace(".", name));
  await mustRun(program(installed, "entry_points.ts", ...specifiers), STEP_MS);
  return `${specifiers.length} load`;
}

/** Messages there and back, by `.` and by the runtime's own entry point. */
export async function echo(installed: InstalledOn): Promise<string> {
  const { packageJson: { name }, runtime: { kind } } = installed;
  for (const specifier of [name, `${name}/${kind}`]) {
    await mustRun(program(installed, "echo.ts", specifier), STEP_MS);
  }
  return "passed";
}

/** Runs the same files as the repository's tests, with the imports of a user. */
export async function runSuite({ folder, runtime, faults }: InstalledOn): Promise<string> {
  const { name, kind, path } = runtime;
  const all: Counts[] = [];
  for (const file of SUITE.filter((file) => runsOn(file, kind))) {
    const report = join(folder, `${basename(file)}-${name}.xml`);
    const args = testArguments(kind, file, report);
    const { code, output, errors } = await run({ file: path, arguments: args, folder }, SUITE_MS);
    const counts = countTests(readReport(report), kind);
    all.push(counts);
    const complaint = findComplaint(counts, { code });
    if (!complaint && counts.failed === 0) continue;
    const [out, err] = [output, errors].map((text) => text.slice(-MAX_OUTPUT_CHARS));
    faults.note(`${file} on ${name}`, `${complaint}\n${out}${err}`);
  }
  const { passed, failed } = addCounts(all);
  return failed > 0 ? `${passed} passed, ${failed} FAILED` : `${passed} passed`;
}

function readReport(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // the runner crashed: it counts as no test at all
  }
}

/** Runs the examples in the package's declarations. */
export async function runExamples(installed: InstalledOn): Promise<string> {
  const { folder, runtime, faults } = installed;
  const examples = listExamples().filter(({ code }) => isExampleFor(code, installed));
  mkdirSync(join(folder, "examples"), { recursive: true });
  for (const { name, code } of examples) {
    const file = join("examples", `${name.replaceAll(/\W+/g, "_")}.mts`);
    writeFileSync(join(folder, file), code);
    await mustRun(program(installed, file), STEP_MS)
      .catch((error) => faults.note(`example ${name} on ${runtime.name}`, error));
  }
  return `${examples.length} ran`;
}

function listExamples(): readonly ShownCode[] {
  const made = join(ROOT, PACKAGE_FOLDER);
  return globSync("**/*.d.ts", { cwd: made }).flatMap((file) =>
    readDocExamples(readFileSync(join(made, file), "utf8"))
      .map(({ name, code }) => ({ name: `${file.replaceAll("\\", "/")} ${name}`, code }))
  );
}

/** An example of an adapter is for one runtime, all others are for each. */
function isExampleFor(code: string, { packageJson, runtime: { kind } }: InstalledOn): boolean {
  const only = new RegExp(`from "${packageJson.name}/(deno|bun|node)"`).exec(code)?.[1];
  return only === undefined || only === kind;
}
