/**
 * Reads the JUnit reports of `deno test`, `bun test` and `node:test`. Without it a runtime
 * that silently ran fewer tests than the others would still look green.
 *
 * @module
 */
import type { RuntimeKind } from "../lib/runtimes.ts";

/** The results of one run of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface TestCase {
  readonly name: string;
  readonly result: keyof Counts;
}

/** Counts the tests of a report, each once: a `describe` is not a test on any runtime. */
export function countTests(report: string, kind: RuntimeKind): Counts {
  const cases = [...readTestCases(report)];
  // Deno reports suites as tests, too. A test inside of one is called "suite > test".
  const isSuite = kind === "deno"
    ? ({ name }: TestCase) => cases.some((other) => other.name.startsWith(`${name} &gt; `))
    : () => false;
  const tests = cases.filter((testCase) => !isSuite(testCase));
  const count = (result: keyof Counts) => tests.filter((test) => test.result === result).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

/** Adds counts up. */
export function addCounts(all: Iterable<Counts>): Counts {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const counts of all) {
    passed += counts.passed;
    failed += counts.failed;
    skipped += counts.skipped;
  }
  return { passed, failed, skipped };
}

/** Attributes may contain `>`, because Node does not escape it. */
const TEST_CASE = /<testcase\b((?:\s+[\w:-]+="[^"]*")*)\s*(?:\/>|>([^]*?)<\/testcase>)/g;

function* readTestCases(report: string): Generator<TestCase> {
  for (const [, attributes = "", body = ""] of report.matchAll(TEST_CASE)) {
    const name = /\sname="([^"]*)"/.exec(attributes)?.[1] ?? "";
    const failed = /<(failure|error)\b/.test(body);
    yield { name, result: failed ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed" };
  }
}
