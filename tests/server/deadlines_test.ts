/** One timer for all opening handshakes. */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { Deadlines } from "../../src/server/deadlines.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";

/** Writes down when it was late. */
class Entry {
  readonly #clock: VirtualClock;
  lateAt: number | null = null;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  timeOut(): void {
    this.lateAt = this.#clock.now();
  }
}

function setUp(timeoutMs: number, count: number) {
  const clock = new VirtualClock();
  const entries = Array.from({ length: count }, () => new Entry(clock));
  return { clock, entries, deadlines: new Deadlines<Entry>(clock, timeoutMs) };
}

describe("deadlines", () => {
  itEnds("are each its own, with one timer", async () => {
    const { clock, entries, deadlines } = setUp(100, 5);
    for (const entry of entries) {
      deadlines.add(entry);
      await clock.advance(30);
      assert.equal(clock.pending, 1);
    }
    assert.deepEqual([...deadlines], entries.slice(2));
    await clock.advance(1000);
    assert.deepEqual(entries.map(({ lateAt }) => lateAt), [100, 130, 160, 190, 220]);
    assert.deepEqual([deadlines.size, clock.pending], [0, 0]);
  });

  itEnds("do not matter to who is over in time", async () => {
    const { clock, entries, deadlines } = setUp(100, 3);
    entries.forEach((entry) => deadlines.add(entry));
    deadlines.delete(entries[1]!);
    await clock.advance(100);
    assert.deepEqual(entries.map(({ lateAt }) => lateAt), [100, null, 100]);
  });

  itEnds("need no timer when there are none, or no more come", async () => {
    const { clock, entries, deadlines } = setUp(Infinity, 1);
    deadlines.add(entries[0]!);
    assert.equal(clock.pending, 0);
    const other = setUp(100, 1);
    other.deadlines.add(other.entries[0]!);
    other.deadlines.stop();
    assert.equal(other.clock.pending, 0);
    await other.clock.advance(200);
    assert.equal(other.entries[0]!.lateAt, null);
  });
});
