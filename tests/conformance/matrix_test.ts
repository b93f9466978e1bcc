import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPage } from "./cell_page.ts";
import { type Column, explain, isClean, stateOf } from "./explain.ts";
import { KNOWN_FAULTS } from "./known_faults.ts";
import { formatMarkdown } from "./markdown.ts";
import { formatMatrix } from "./matrix.ts";
import type { Behavior, CaseResult } from "./result.ts";

function result(id: string, behavior: Behavior = "OK", rest: Partial<CaseResult> = {}): CaseResult {
  return { id, title: `case ${id}`, behavior, close: "OK", why: "", ms: 1, page: "x", ...rest };
}

function ours(results: readonly CaseResult[], name = "server deno tcp"): Column {
  return { target: { name, isOurs: true }, results };
}

const theirs = (results: readonly CaseResult[], name = "server ws"): Column => ({
  target: { name, isOurs: false },
  results,
});

const onPlatform = (results: readonly CaseResult[]): Column => ({
  target: { name: "server bun native-mount", isOurs: true, standsOn: "server bun native" },
  results,
});

const platform = (results: readonly CaseResult[]): Column => theirs(results, "server bun native");

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

describe("a target on the platform's frames", () => {
  const failed = result("frames.3", "FAILED", { page: "own.html#frames.3" });

  it("is explained by a control that does the same", () => {
    const matrix = [onPlatform([failed]), platform([failed])];
    assert.equal(isClean(matrix), true);
    const { link, isReported } = explain(matrix[0]!, failed, matrix)!;
    assert.equal(link, "server-bun-native/own.html#frames.3");
    assert.equal(isReported, false);
  });

  it("is not, when the control is well, does something else or was not tried", () => {
    for (const others of [[result("frames.3")], [result("frames.3", "NON-STRICT")], []]) {
      assert.equal(isClean([onPlatform([failed]), platform(others)]), false);
    }
    assert.equal(isClean([onPlatform([failed])]), false);
    assert.equal(isClean([onPlatform([failed]), theirs([failed])]), false);
  });

  it("is explained where the control chooses otherwise than we would", () => {
    const choice = result("frames.3", "INFORMATIONAL", { close: "INFORMATIONAL", isChoice: true });
    assert.equal(isClean([onPlatform([failed]), platform([choice])]), true);
  });

  it("says nothing of a target of ours on our own frames", () => {
    const matrix = [ours([failed]), platform([failed])];
    assert.equal(stateOf(matrix[0]!, failed, matrix), "bad");
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

  it("has Autobahn's sections by number, and then ours", () => {
    const all = ["head.1", "13.1.1", "9.1.1"].map((id) => result(id));
    const [head = ""] = formatMatrix([ours(all)]).split("\n");
    assert.deepEqual(head.split(/  +/), ["target", "9", "13", "head", "all"]);
  });

  it("tells what is not well of ours, and what is explained", () => {
    const linesAfter = (whole: string, title: string) =>
      whole.slice(whole.indexOf(title)).split("\n").slice(1).map((fault) => fault.split(":")[0]);
    assert.deepEqual(linesAfter(text, "Not well:"), [
      "server deno tcp 1.2 NON-STRICT, close OK",
      "server deno tcp head.1 OK, close UNCLEAN",
    ]);
    const bad = result("frames.3", "FAILED");
    const explained = formatMatrix([onPlatform([bad]), platform([bad])]);
    assert.deepEqual(linesAfter(explained, "Explained:"), ["server bun native-mount"]);
    assert.match(explained, /frames\.3: as server bun native does in the same run/);
    assert.ok(!explained.includes("Not well:"));
  });
});

describe("conformance.md", () => {
  const bad = result("frames.3", "FAILED", { title: "a | b" });
  const matrix = [ours([result("1.1")]), onPlatform([bad]), platform([bad, result("1.1")])];
  const markdown = formatMarkdown(matrix, {
    dates: ["2026-11-25"],
    versions: ["Deno 2.9.6", "ws 8.23.0"],
    seconds: 120,
    cases: [{ role: "server", id: "cve.1", source: "CVE-2026-48779, CVE-2026-12151" }],
  });

  it("says when, with what, and counts", () => {
    assert.match(markdown, /Tried 2026-11-25 with Deno 2\.9\.6, ws 8\.23\.0; .* 2 minutes/);
    assert.match(markdown, /Of 2 cells of 2 targets of ours, 1 are OK or INFORMATIONAL, 1 show/);
  });

  it("has the matrix", () => assert.match(markdown, /\| server deno tcp \| 1 \| - \| 1 \|\n/));

  it("has what the controls do otherwise", () => {
    assert.match(markdown, /\| frames\.3 a \\\| b \| F \|\n/);
  });

  it("has which case tries an advisory", () => {
    assert.match(markdown, /\| \[CVE-2026-48779\]\(\S+\) \| [^|]+ \| server cve\.1 \|\n/);
  });
});

describe("the page", () => {
  it("links each cell to what was sent and received, and what explains it", () => {
    const bad = result("frames.3", "FAILED", { page: "own.html#frames.3", why: '<b>"x"</b>' });
    const page = formatPage([onPlatform([bad]), platform([bad])]);
    assert.match(
      page,
      /<a href="server-bun-native-mount\/own\.html#frames\.3" title="[^"<]+">FAILED/,
    );
    assert.match(page, /<a class="report" href="server-bun-native\/own\.html#frames\.3"/);
  });
});
