/** Times in buckets. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Histogram } from "../../src/cli/histogram.ts";

describe("Histogram", () => {
  it("gives quantiles to a tenth", () => {
    const histogram = new Histogram();
    for (let ms = 1; ms <= 1000; ms++) histogram.add(ms);
    for (const part of [0.5, 0.9, 0.99]) {
      assert.ok(Math.abs(histogram.quantile(part) / (part * 1000) - 1) < 0.11, `${part}`);
    }
    assert.equal(histogram.quantile(1), 1000);
    assert.deepEqual([histogram.total, histogram.max], [1000, 1000]);
  });

  it("draws at most the rows that are asked for, which hold all times", () => {
    const histogram = new Histogram();
    for (const ms of [0.1, 0.11, 5, 5, 5, 80]) histogram.add(ms);
    const rows = histogram.draw(8);
    assert.ok(rows.length <= 8, rows.join("\n"));
    const counts = rows.map((row) => Number(/ms +(\d+)/.exec(row)?.[1]));
    assert.equal(counts.reduce((sum, count) => sum + count), 6);
  });

  it("the longest bar is that of the row with most times, also between rows without times", () => {
    const histogram = new Histogram();
    for (const ms of [0.1, 5, 5, 5, 5, 80]) histogram.add(ms);
    const bars = histogram.draw(8).map((row) => /#*$/.exec(row)?.[0].length ?? 0);
    const counts = histogram.draw(8).map((row) => Number(/ms +(\d+)/.exec(row)?.[1]));
    assert.ok(counts.includes(0), `${counts}`);
    assert.equal(counts[bars.indexOf(Math.max(...bars))], 4);
    assert.ok(Math.max(...bars) > 10, `${bars}`);
  });

  it("draws nothing of nothing", () => {
    assert.deepEqual(new Histogram().draw(5), []);
  });
});
