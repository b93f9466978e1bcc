/**
 * One pending read, alone: its timeout, its signal, and what is left of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ReadWait } from "../../src/connection/read_wait.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { isSettled, rejectsNamed } from "../helpers/connections.ts";

/** A read with a timeout of 100 ms and a signal. */
function open() {
  const clock = new VirtualClock(), abort = new AbortController();
  const wait = new ReadWait<string>("message", clock);
  let fails = 0;
  wait.limit(100, abort.signal, () => fails++);
  wait.promise.catch(() => {});
  return { clock, abort, wait, failures: () => fails };
}

describe("ReadWait", () => {
  it("rejects with TimeoutError when the time is over, after onFail", async () => {
    const { clock, wait, failures } = open();
    await clock.advance(99);
    assert.deepEqual([await isSettled(wait.promise), failures()], [false, 0]);
    await clock.advance(1);
    assert.equal(failures(), 1);
    await rejectsNamed(wait.promise, "TimeoutError");
  });

  it("rejects with the reason of its signal, and stops its timer", async () => {
    const { clock, abort, wait, failures } = open();
    abort.abort("enough");
    await assert.rejects(wait.promise, (reason) => reason === "enough");
    assert.deepEqual([failures(), clock.pending], [1, 0]);
  });

  for (const settle of ["resolve", "reject"] as const) {
    it(`${settle}() stops its timer and leaves its signal`, async () => {
      const { clock, abort, wait, failures } = open();
      if (settle === "resolve") wait.resolve("message");
      else wait.reject(new Error("conflict"));
      assert.equal(clock.pending, 0);
      abort.abort("late");
      const settled = await wait.promise.catch(({ message }: Error) => message);
      assert.equal(settled, settle === "resolve" ? "message" : "conflict");
      assert.equal(failures(), 0);
    });
  }

  it("sets no timer for Infinity", () => {
    const clock = new VirtualClock();
    new ReadWait("message", clock).limit(Infinity, undefined, () => assert.fail("no limit"));
    assert.equal(clock.pending, 0);
  });
});
