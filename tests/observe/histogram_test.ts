/** Percentiles from buckets. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Histogram } from "../../src/observe/histogram.ts";

describe("Histogram", () => {
  it("gives percentiles that are at most a quarter too large, and never larger than the largest", () => {
    const histogram = new Histogram(0.1);
    for (let i = 1; i <= 1_000; i++) histogram.add(i);
    for (const part of [0.5, 0.9, 0.99]) {
      const value = histogram.percentile(part), right = part * 1_000;
      assert.ok(value >= right && value <= right * 1.26, `${part}: ${value}`);
    }
    assert.equal(histogram.percentile(1), 1_000);
    assert.deepEqual([histogram.count, histogram.sum, histogram.largest], [1_000, 500_500, 1_000]);
  });

  it("Histogram is 0 without values, and takes values below its smallest and beyond its buckets", () => {
    const histogram = new Histogram(1);
    assert.equal(histogram.percentile(0.5), 0);
    histogram.add(0);
    assert.equal(histogram.percentile(0.5), 0);
    histogram.add(1e300);
    assert.equal(histogram.count, 2);
  });
});
