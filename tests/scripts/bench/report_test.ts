import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { JudgedRow, Verdict } from "../../../scripts/bench/judge.ts";
import {
  beginOf,
  groupSection,
  mergeRecords,
  replaceSection,
} from "../../../scripts/bench/report.ts";
import { TARGETS } from "../../../scripts/bench/targets/mod.ts";
import { drawTargets, escapeXml } from "../../../scripts/bench/svg.ts";
import { digits, markdownTable, targetsTable, verdictCell } from "../../../scripts/bench/table.ts";

const verdict = (median: number, target: number, bound: Verdict["bound"] = "least"): Verdict => ({
  target,
  bound,
  ratio: { median, least: median * 0.9, most: median * 1.1 },
  cpuRatio: null,
  raw: null,
  isMet: bound === "least" ? median >= target : median <= target,
  rounds: 3,
  agreeing: 3,
});
const rows: readonly JudgedRow[] = [
  {
    group: "plain",
    isPictured: true,
    title: '64 B <&> "text"',
    verdicts: { node: verdict(20, 18), deno: verdict(1, 15), bun: null },
  },
  {
    group: "plain",
    isPictured: true,
    title: "memory",
    verdicts: { node: verdict(0.5, 0.6, "most"), deno: null, bun: verdict(0.001, 1, "most") },
  },
];

describe("tables", () => {
  it("align their columns", () => {
    assert.deepEqual(markdownTable([["a", "b"], ["longer", "1"], ["é × 2", "12345"]]).split("\n"), [
      "| a      |     b |",
      "| ------ | ----: |",
      "| longer |     1 |",
      "| é × 2  | 12345 |",
    ]);
  });

  it("say of each target whether it was met", () => {
    const lines = targetsTable(rows).split("\n");
    assert.match(lines[2]!, /20\.0 \(18\.0–22\.0\), met ≥ 18 \|/);
    assert.match(lines[2]!, /1\.00 \(0\.90–1\.10\), \*\*missed\*\* ≥ 15 \| +\|$/);
    assert.match(lines[3]!, /0\.50 .* met ≤ 0\.6/);
  });

  it("say when rounds do not agree, on the target or at all", () => {
    assert.match(verdictCell({ ...verdict(2, 1), agreeing: 2 }), /, met in 2 of 3 ≥ 1$/);
    const apart = { median: 1, least: 0.5, most: 2 };
    assert.match(
      verdictCell({ ...verdict(1, 1), ratio: apart }),
      /^1.00 \(0.50–2.00\), noise, met/,
    );
  });

  it("tell of targets that a server misses which only echoes bytes", () => {
    const { ratio: limit } = verdict(0.97, 1), { ratio: ofRaw } = verdict(0.9, 1);
    const missed = { ...verdict(0.87, 1), raw: { ofRaw, limit } };
    assert.match(verdictCell(missed), /, 0\.90 of raw, ≥ 1 is beyond raw \(0\.97\)$/);
    const within = { ...missed, raw: { ofRaw, limit: verdict(1.2, 1).ratio } };
    assert.match(verdictCell(within), /\*\*missed\*\* ≥ 1$/);
    const met = { ...verdict(1.1, 1), raw: { ofRaw, limit } };
    assert.match(verdictCell(met), /met ≥ 1$/);
  });

  it("show processor time beside throughput, and ratios without a target", () => {
    const { ratio } = verdict(2, 1);
    const shown = verdictCell({ ...verdict(1, 1), cpuRatio: ratio, target: null });
    assert.equal(shown, "1.00 (0.90–1.10), CPU 2.00");
  });

  it("have one table for each group", () => {
    const heads = targetsTable([...rows, { ...rows[0]!, group: "TLS" }]).split("\n\n");
    assert.deepEqual(heads.map((table) => table.slice(2, 5)), ["pla", "TLS"]);
  });

  it("have as many digits as mean something", () => {
    const shown = [0.123, 1.236, 12.34, 123.4, 1234, 12_345, 1_234_567].map(digits);
    assert.deepEqual(shown, ["0.12", "1.24", "12.3", "123", "1234", "12 k", "1.23 M"]);
  });
});

/** Fails on tags that do not nest, attributes without quotes, and bare `&` or `<`. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const tag = /<(\/?)([a-z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/gy;
  let at = 0;
  while (at < xml.length) {
    const next = xml.indexOf("<", at);
    const text = xml.slice(at, next < 0 ? xml.length : next);
    assert.doesNotMatch(text, /&(?!(amp|lt|gt|quot);)/);
    if (next < 0) break;
    tag.lastIndex = next;
    const match = tag.exec(xml);
    assert.ok(match, `no tag: ${xml.slice(next, next + 60)}`);
    const [all, isEnd, name, , isEmpty] = match;
    if (isEnd) assert.equal(open.pop(), name);
    else if (!isEmpty) open.push(name!);
    at = next + all.length;
  }
  assert.deepEqual(open, []);
}

describe("the picture", () => {
  const svg = drawTargets(rows, "today & here");

  it("the picture is well-formed, whatever the titles are", () => {
    assertWellFormed(svg);
    assert.throws(() => assertWellFormed("<a><b></a></b>"));
    assert.equal(escapeXml(`<a b="c">&`), "&lt;a b=&quot;c&quot;&gt;&amp;");
  });

  it("has a bar and a mark for each verdict, and pales what was missed", () => {
    assert.equal(svg.match(/<rect [^>]*height="9"/g)?.length, 4);
    assert.equal(svg.match(/class="target"/g)?.length, 4);
    assert.equal(svg.match(/class="deno missed"/g)?.length, 1);
    assert.equal(svg.match(/ missed"/g)?.length, 1);
  });

  it("has no mark where there is no target", () => {
    const told: JudgedRow = { ...rows[0]!, verdicts: { ...rows[0]!.verdicts, deno: null } };
    const bare = { ...verdict(2, 1), target: null };
    const drawn = drawTargets([{ ...told, verdicts: { ...told.verdicts, node: bare } }], "");
    assert.equal(drawn.match(/class="target"/g), null);
    assertWellFormed(drawn);
  });

  it("keeps every bar inside, also beyond the scale", () => {
    for (const [, x, width] of svg.matchAll(/<rect [^>]*x="([\d.-]+)"[^>]*width="([\d.-]+)"/g)) {
      assert.ok(Number(x) >= 0 && Number(x) + Number(width) <= 880, `${x} ${width}`);
    }
  });

  it("has colours for dark pages", () => {
    assert.match(svg, /prefers-color-scheme: dark/);
  });
});

describe("replaceSection", () => {
  const begin = beginOf("TLS"), end = "<!-- bench: end -->", other = beginOf("text");
  const page = (tls: string) =>
    `${other}\ntext\n${end}\nbetween\n${begin}\n${tls}\n${end}\nafter\n`;

  it("changes what is between the markers of a group, as often as it is called", () => {
    const once = replaceSection(page("old"), "TLS", "new");
    assert.equal(once, page("\nnew\n"));
    assert.equal(replaceSection(once, "TLS", "new"), once);
  });

  it("fails without markers", () => {
    assert.throws(() => replaceSection(page("old"), "plain", "new"));
    assert.throws(() => replaceSection(`${end} ${begin}`, "TLS", "new"));
  });

  it("finds the markers of every group in docs/bench.md", () => {
    const text = readFileSync(new URL("../../../docs/bench.md", import.meta.url), "utf8");
    for (const { group } of TARGETS) replaceSection(text, group, "new");
  });
});

describe("groupSection", () => {
  it("tells the date, the machine and the rounds of its rows", () => {
    const one: JudgedRow = {
      ...rows[0]!,
      verdicts: { ...rows[0]!.verdicts, node: { ...verdict(1, 1), rounds: 1 } },
    };
    const record = { date: "D", machine: "M", versions: "V", results: {} };
    const section = groupSection([one, rows[1]!], record);
    assert.match(section, /\n\nD, rounds: 1 to 3; M\. V\.$/);
    assert.match(groupSection(rows, record), /rounds: 3;/);
  });

  it("tells how many rounds were disturbed", () => {
    const sample = { perSecond: 1, cpuUs: 2, cpuNsPerByte: 1, serverBusy: 0.5, loadBusy: 0.5 };
    const results = { "node tls-64x1 ours": [sample, { ...sample, serverBusy: 1 }] };
    const record = { date: "D", machine: "M", versions: "V", results };
    const section = groupSection([{ ...rows[0]!, group: "TLS" }], record);
    assert.match(section, /Other programs disturbed 1 of 2 rounds/);
    assert.doesNotMatch(groupSection(rows, record), /disturbed/);
  });
});

describe("mergeRecords", () => {
  const sample = { perSecond: 1, cpuUs: 2, cpuNsPerByte: 1, serverBusy: 1, loadBusy: 1 };

  it("puts the later rows over the earlier ones, and has the later date", () => {
    const record = { date: "1", machine: "m", versions: "v", rounds: 3, results: { a: [], b: [] } };
    const later = { ...record, date: "2", results: { b: [sample] } };
    const merged = mergeRecords(record, later);
    assert.equal(merged.date, "2");
    assert.deepEqual(Object.keys(merged.results), ["a", "b"]);
    assert.equal(merged.results.b?.[0]?.cpuUs, 2);
  });

  it("keeps the date of rows that only the earlier one has, which their section tells", () => {
    const run = (date: string, id: string) => ({
      date,
      machine: `M${date}`,
      versions: "V",
      rounds: 3,
      results: { [id]: [sample] },
    });
    const first = mergeRecords(run("1", "bun tls-64x1 ours"), run("2", "node tls-64x1 ours"));
    const merged = mergeRecords(first, run("3", "node text-1KiB ours ascii"));
    const section = groupSection([{ ...rows[0]!, group: "TLS" }], merged);
    assert.match(section, /\n2, rounds: 3; M2\. V\. 1 of 2 servers and loads: 1; M1\. V\.$/);
  });
});
