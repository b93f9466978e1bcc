import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../src/connection/clock.ts";
import { ReadWait, ReadWaits } from "../../src/connection/read_wait.ts";

function fill(count: number): { waits: ReadWaits<number>; all: ReadWait<number>[] } {
  const waits = new ReadWaits<number>();
  const all = Array.from({ length: count }, () => new ReadWait<number>("message", systemClock));
  for (const wait of all) waits.push(wait);
  return { waits, all };
}

function drain(waits: ReadWaits<number>, all: readonly ReadWait<number>[]): number[] {
  const order: number[] = [];
  for (let wait = waits.first; wait !== null; wait = waits.first) {
    order.push(all.indexOf(wait));
    waits.shift();
  }
  return order;
}

describe("ReadWaits", () => {
  it("gives reads in the order in which they were called", () => {
    const { waits, all } = fill(3);
    assert.deepEqual(drain(waits, all), [0, 1, 2]);
    waits.push(all[1]!); // also after it was empty
    assert.equal(waits.first, all[1]);
  });

  for (const given of [0, 1, 2]) {
    it(`goes on without number ${given} of three`, () => {
      const { waits, all } = fill(3), late = new ReadWait<number>("message", systemClock);
      waits.delete(all[given]!);
      waits.push(late);
      const others = [0, 1, 2].filter((index) => index !== given);
      assert.deepEqual(drain(waits, [...all, late]), [...others, 3]);
    });
  }

  it("is empty without its only one", () => {
    const { waits, all } = fill(1), [only] = all, late = new ReadWait<number>("step", systemClock);
    waits.delete(only!);
    assert.equal(waits.first, null);
    waits.push(late);
    assert.equal(waits.first, late);
  });
});
