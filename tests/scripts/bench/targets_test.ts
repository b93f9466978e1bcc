import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BATCHES } from "../../../scripts/bench/batches/mod.ts";
import { judge, judgeAll } from "../../../scripts/bench/judge.ts";
import { rateOf } from "../../../scripts/bench/run_batch.ts";
import type { Sample } from "../../../scripts/bench/samples.ts";
import { COLUMNS } from "../../../scripts/bench/servers.ts";
import { TARGETS } from "../../../scripts/bench/targets/mod.ts";
import { type Cell, cellId, select, selectQuick } from "../../../scripts/bench/workloads.ts";

const ids = BATCHES.flatMap(({ cells }) => cells).map(cellId);
const sample = (perSecond: number, cpuUs = 1, kibPerConnection = 1): Sample => ({
  perSecond,
  cpuUs,
  cpuNsPerByte: cpuUs,
  serverBusy: 1,
  loadBusy: 0.5,
  kibPerConnection,
  mib: 1,
  idleUsPerSecond: 1,
  p50: 1,
  p99: 1,
  p999: 1,
});
const find = (title: string) => TARGETS.find((target) => target.title === title)!;

describe("the batches", () => {
  it("have no two cells of one name", () => {
    assert.equal(new Set(ids).size, ids.length);
  });

  it("have both sides of every target", () => {
    // With all cells measured, each target has a verdict wherever it has a value.
    const results = Object.fromEntries(ids.map((id) => [id, [sample(1)]]));
    const rows = judgeAll(results);
    assert.equal(rows.length, TARGETS.length);
    TARGETS.forEach((target, i) => {
      for (const column of COLUMNS) {
        const hasVerdict = rows[i]!.verdicts[column] !== null;
        assert.equal(hasVerdict, target.by[column] !== undefined, `${target.title}, ${column}`);
      }
    });
  });
});

describe("judge", () => {
  const most = find("KiB per idle connection"), least = find("64 B, 64 × 1");

  it("meets a lower bound from the bound on", () => {
    const results = (ours: number) => ({
      "node 64x1 ours": [sample(ours)],
      "node 64x1 ws": [sample(100)],
    });
    const verdict = judge(least, "node", results(115));
    assert.deepEqual(verdict, {
      target: 1.15,
      bound: "least",
      ratio: { median: 1.15, least: 1.15, most: 1.15 },
      cpuRatio: { median: 1, least: 1, most: 1 },
      raw: null,
      isMet: true,
      rounds: 1,
      agreeing: 1,
    });
    assert.equal(judge(least, "node", results(114))?.isMet, false);
  });

  it("meets an upper bound up to the bound", () => {
    const results = (ours: number) => ({
      "deno idle ours": [sample(1, 1, ours)],
      "deno idle native-deno": [sample(1, 1, 10)],
    });
    assert.equal(judge(most, "deno", results(4))?.isMet, true);
    assert.equal(judge(most, "deno", results(4.1))?.isMet, false);
  });

  it("counts the rounds that say the same as the median", () => {
    const verdict = judge(least, "node", {
      "node 64x1 ours": [sample(110), sample(120), sample(130)],
      "node 64x1 ws": [sample(100), sample(100), sample(100)],
    });
    assert.deepEqual([verdict?.isMet, verdict?.rounds, verdict?.agreeing], [true, 3, 2]);
  });

  it("takes a quantity itself where there is no other side", () => {
    const target = { ...most, theirs: null, by: { node: 1.5 } };
    const verdict = judge(target, "node", { "node idle ours": [sample(1, 1, 1.2)] });
    assert.deepEqual([verdict?.ratio.median, verdict?.isMet], [1.2, true]);
  });

  it("compares with a server that echoes bytes, and with what that reaches", () => {
    const verdict = judge(least, "node", {
      "node 64x1 ours": [sample(90)],
      "node 64x1 raw": [sample(100)],
      "node 64x1 ws": [sample(80)],
    });
    assert.equal(verdict?.raw?.ofRaw.median, 0.9);
    assert.equal(verdict?.raw?.limit.median, 1.25);
  });

  it("judges nothing where a ratio is only shown", () => {
    const results = { "node 64x1 ours": [sample(1)], "node 64x1 ws": [sample(2)] };
    const verdict = judge({ ...least, by: { node: null } }, "node", results);
    assert.deepEqual([verdict?.target, verdict?.ratio.median, verdict?.isMet], [null, 0.5, true]);
  });

  it("has no verdict on what was not measured, or has no target", () => {
    assert.equal(judge(least, "bun", { "bun 64x1 ours": [sample(1)] }), null);
    const compressed = { "deno compressed ours-deflate": [sample(1)] };
    assert.equal(judge(find("compressed 1 KiB JSON"), "deno", compressed), null);
    assert.deepEqual(judgeAll({}), []);
  });

  it("judge can judge rates, and only rates, by the server's own time", () => {
    const results = {
      "bun 64x1 ours": [sample(50, 2)],
      "bun 64x1 native-bun": [sample(100, 4)],
      "bun idle ours": [sample(1, 2, 3)],
      "bun idle native-bun": [sample(1, 4, 3)],
    };
    assert.equal(judge(least, "bun", results)?.ratio.median, 0.5);
    assert.equal(judge(least, "bun", results, { isByCpu: true })?.ratio.median, 2);
    assert.equal(judge(most, "bun", results, { isByCpu: true })?.ratio.median, 1);
  });
});

describe("select", () => {
  const names = (only: string) => select(BATCHES, only).flatMap(({ cells }) => cells).map(cellId);

  it("takes cells that have all words of one alternative", () => {
    assert.deepEqual(names("bun 32x32 ours, deno idle native-deno"), [
      "bun 32x32 ours",
      "bun 32x32 ours text",
      "deno idle native-deno",
    ]);
  });

  it("takes whole words only", () => {
    assert.ok(names("64x1").every((name) => name.includes(" 64x1 ")));
    assert.deepEqual(names("4x1"), []);
    assert.deepEqual(names("deno our"), []);
  });

  it("takes groups of batches", () => {
    const batches = new Set(select(BATCHES, "text deno").map(({ name }) => name));
    assert.ok(batches.has("text-1KiB") && batches.has("text-64KiB"));
    assert.ok(names("text deno").every((name) => name.startsWith("deno ")));
  });

  it("leaves out batches without cells", () => {
    assert.deepEqual(select(BATCHES, "rust idle").map(({ name }) => name), ["idle"]);
  });
});

describe("selectQuick", () => {
  it("takes at least one cell of each group, and not everything", () => {
    const quick = selectQuick(BATCHES);
    const groups = (batches: typeof BATCHES) => new Set(batches.map(({ group }) => group));
    assert.deepEqual(groups(quick), groups(BATCHES));
    assert.ok(quick.flatMap(({ cells }) => cells).length < ids.length);
  });
});

describe("rateOf", () => {
  const load = { mode: "paced", connections: 1, inFlight: 1, bytes: 1 } as const;
  const pace = { share: 0.7, of: "ws" } as const;
  const ours: Cell = {
    batch: "b",
    place: "node",
    server: "ours",
    load: { ...load, pace },
  };
  const peer: Cell = { ...ours, server: "ws" };
  const elsewhere: Cell = { ...peer, place: "deno" };
  const capacities = new Map([
    [{ cell: ours }, 900],
    [{ cell: peer }, 100],
    [{ cell: peer }, 120],
    [{ cell: elsewhere }, 500],
  ]);

  it("rateOf is a share of the most that the peer has done on the same runtime, for both", () => {
    assert.equal(rateOf(ours, capacities), 84);
    assert.equal(rateOf(peer, capacities), 84);
    assert.equal(rateOf({ ...peer, load }, capacities), 0);
  });

  it("finds the server that every load with a pace names", () => {
    for (const { name, cells } of BATCHES) {
      for (const { place, load: { pace } } of cells) {
        const isThere = cells.some((cell) => cell.place === place && cell.server === pace?.of);
        assert.ok(pace === undefined || isThere, `${name}, ${place}`);
      }
    }
  });
});
