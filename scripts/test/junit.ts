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

/** A test that failed. */
export interface FailedTest {
  readonly name: string;
  /** The beginning of its error, in a few lines. */
  readonly error: string;
}

interface TestCase {
  readonly name: string;
  readonly result: keyof Counts;
  readonly body: string;
}

/** Lines of an error that are told. */
const MAX_LINES = 8;

/** Counts the tests of a report, each once: a `describe` is not a test on any runtime. */
export function countTests(report: string, kind: RuntimeKind): Counts {
  const tests = readTests(report, kind);
  const count = (result: keyof Counts) => tests.filter((test) => test.result === result).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

/** The tests of a report that failed. */
export function listFailed(report: string, kind: RuntimeKind): readonly FailedTest[] {
  return readTests(report, kind).filter(({ result }) => result === "failed").map(
    ({ name, body }) => {
      const message = /<(?:failure|error)\b[^>]*?\smessage="([^"]*)"/.exec(body)?.[1] ?? "";
      const stack = body.replaceAll("&#10;", "\n");
      const place = unescape(/\bat [^\n]*\btests\/[^\n<]*/.exec(stack)?.[0] ?? "");
      const lines = unescape(message).split("\n").filter((line) => line.trim() !== "");
      return { name: unescape(name), error: [...lines.slice(0, MAX_LINES), place].join("\n") };
    },
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#10;": "\n", "&amp;": "&" },
};

function unescape(text: string): string {
  return text.replaceAll(/&(?:\w+|#10);/g, (entity) => ENTITIES[entity] ?? entity);
}

function readTests(report: string, kind: RuntimeKind): readonly TestCase[] {
  const cases = [...readTestCases(report)];
  // Deno reports suites as tests, too. A test inside of one is called "suite > test".
  const isSuite = kind === "deno"
    ? ({ name }: TestCase) => cases.some((other) => other.name.startsWith(`${name} &gt; `))
    : () => false;
  return cases.filter((testCase) => !isSuite(testCase));
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
    const result = failed ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed";
    yield { name, result, body };
  }
}
