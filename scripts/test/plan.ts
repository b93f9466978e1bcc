/**
 * The decisions of the test runner: which files run where, and whether a run was good. Without this
 * file they could only be tested by running it.
 *
 * @module
 */
import type { Counts } from "./junit.ts";
import { DENO_FLAGS, type RuntimeKind, startArguments } from "../lib/runtimes.ts";

/** Test folders with a task of their own. */
const ON_DEMAND = [
  "tests/engines",
  "tests/interop",
  "tests/browser",
  "tests/network",
  "tests/http2",
];

/** The test files among `files` (relative, `/`) that `paths` ask for, sorted. */
export function selectFiles(files: readonly string[], paths: readonly string[]): readonly string[] {
  const inside = (file: string, path: string) => file === path || file.startsWith(`${path}/`);
  const wanted = (file: string) =>
    paths.length > 0
      ? paths.some((path) => path === "." || inside(file, path))
      : !ON_DEMAND.some((folder) => inside(file, folder));
  return files.filter((file) => file.endsWith("_test.ts") && wanted(file)).sort();
}

/** Whether a test file is for this kind of runtime. */
export function runsOn(file: string, kind: RuntimeKind): boolean {
  const only = /_(deno|bun|node)_test\.ts$/.exec(file)?.[1];
  return only === undefined || only === kind;
}

/** The command line that runs one test file and leaves a JUnit report. */
export function testArguments(kind: RuntimeKind, file: string, report: string): readonly string[] {
  if (kind === "deno") return ["test", ...DENO_FLAGS, `--junit-path=${report}`, file];
  if (kind === "bun") {
    // Bun would fail each test after 5 seconds. Here the limit is for a whole file.
    return [
      "test",
      "--timeout=600000",
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      `./${file}`,
    ];
  }
  // The command that `node --test` starts for each file, without a process in between.
  const reporters = [["spec", "stdout"], ["junit", report]].flatMap(([reporter, destination]) => [
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${destination}`,
  ]);
  return [...startArguments("node"), ...reporters, file];
}

/** A fault of a run besides its failed tests; `""` if there is none. */
export function findComplaint(
  counts: Counts,
  ended: { readonly code: number | null; readonly timeoutSeconds?: number },
): string {
  if (ended.timeoutSeconds !== undefined) return `not done after ${ended.timeoutSeconds} s`;
  if (ended.code !== 0 && counts.failed === 0) return `ended with exit code ${ended.code}`;
  if (counts.passed + counts.failed + counts.skipped === 0) return "ran no test";
  return "";
}
