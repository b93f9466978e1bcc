/**
 * The pool of large buffers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LargeBuffers } from "../../src/framed/large_buffers.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";

describe("LargeBuffers", () => {
  it("take() reuses a buffer of up to twice the size, and no other", () => {
    const buffers = new LargeBuffers(new VirtualClock());
    const given = buffers.take(1000);
    buffers.give(given);
    assert.equal(buffers.take(1001).length, 1001);
    assert.equal(buffers.take(499).length, 499);
    assert.equal(buffers.take(500), given);
    assert.notEqual(buffers.take(500), given);
  });

  it("give() keeps at most 32 MiB, and drops the oldest buffers", () => {
    const buffers = new LargeBuffers(new VirtualClock()), size = 8 * 1024 * 1024;
    const given = Array.from({ length: 5 }, () => buffers.take(size));
    for (const bytes of given) buffers.give(bytes);
    buffers.give(new Uint8Array(5 * size));
    const taken = Array.from({ length: 5 }, () => buffers.take(size));
    assert.deepEqual(taken.slice(0, 4).map((bytes) => given.indexOf(bytes)), [1, 2, 3, 4]);
    assert.equal(given.indexOf(taken[4]!), -1);
  });

  it("releases its buffers after a second in which none was taken", async () => {
    const clock = new VirtualClock(), buffers = new LargeBuffers(clock);
    const given = buffers.take(1000);
    buffers.give(given);
    for (let i = 0; i < 5; i++) {
      await clock.advance(900);
      assert.equal(buffers.take(1000), given);
      buffers.give(given);
    }
    await clock.advance(2_000);
    assert.notEqual(buffers.take(1000), given);
  });
});
