import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KNOWN_FAULTS } from "./known_faults.ts";
import { type Column, formatMatrix, isClean, writeMarkdown } from "./matrix.ts";
import type { Behavior, CaseResult } from "./result.ts";

function result(id: string, behavior: Behavior = "OK", rest: Partial<CaseResult> = {}): CaseResult {
  return { id, title: `case ${id}`, behavior, close: "OK", why: "", ms: 1, page: "x", ...rest };
}

function ours(results: readonly CaseResult[], name = "server deno tcp"): Column {
  return { target: { name, isOurs: true }, results };
}

const theirs = (results: readonly CaseResult[]): Column => ({
  target: { name: "server ws", isOurs: false },
  results,
});

describe("isClean", () => {
  it("takes OK and INFORMATIONAL of ours, and whatever of others", () => {
    const informational = result("7.1.6", "INFORMATIONAL", { close: "INFORMATIONAL" });
    assert.equal(isClean([ours([result("1.1"), informational])]), true);
    assert.equal(isClean([ours([result("1.1")]), theirs([result("1.1", "FAILED")])]), true);
  });

  for (const behavior of ["NON-STRICT", "UNIMPLEMENTED", "FAILED", "ERROR"] as const) {
    it(`minds ${behavior} of ours`, () => {
      assert.equal(isClean([ours([result("1.1"), result("1.2", behavior)])]), false);
    });
  }

  it("minds an unclean close and a wrong code", () => {
    for (const close of ["UNCLEAN", "WRONG CODE", "FAILED"]) {
      assert.equal(isClean([ours([result("1.1", "OK", { close })])]), false);
    }
  });

  it("minds that nothing was run", () => assert.equal(isClean([ours([])]), false));

  it("takes a known fault, and minds that it is none any more", () => {
    const { targets: [target = ""], cases: [title = ""] } = KNOWN_FAULTS[0]!;
    const cell = (behavior: Behavior) => [ours([result("a.1", behavior, { title })], target)];
    assert.equal(isClean(cell("FAILED")), true);
    assert.equal(isClean(cell("OK")), false);
  });
});

describe("the matrix as text", () => {
  const matrix = [
    ours([
      result("1.1"),
      result("1.2", "NON-STRICT"),
      result("head.1", "OK", { close: "UNCLEAN" }),
    ]),
    theirs([result("1.1"), result("1.2", "FAILED")]),
  ];
  const text = formatMatrix(matrix);

  it("counts by section and target", () => {
    const rows = text.split("\n").slice(0, 3).map((row) => row.split(/  +/));
    assert.deepEqual(rows, [
      ["target", "1", "head", "all"],
      ["server deno tcp", "1 1n", "1c", "1 1n 1c"],
      ["server ws", "1 1F", "-", "1 1F"],
    ]);
  });

  it("tells what is not well of ours", () => {
    const [, ...faults] = text.slice(text.indexOf("Not well:")).split("\n");
    assert.deepEqual(faults.map((fault) => fault.split(":")[0]), [
      "server deno tcp 1.2 NON-STRICT, close OK",
      "server deno tcp head.1 OK, close UNCLEAN",
    ]);
  });

  it("is the same as Markdown", () => {
    assert.match(writeMarkdown(matrix), /\| server deno tcp \| 1 1n \| 1c \| 1 1n 1c \|\n/);
  });
});
