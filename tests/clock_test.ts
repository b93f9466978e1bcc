/**
 * The clock of the platform.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../src/clock.ts";
import { isSettled, itEnds, openPair } from "./helpers/connections.ts";
import { comesToRest } from "./helpers/waiting.ts";

describe("systemClock", () => {
  itEnds(
    "does not call back early for times longer than the longest timer, and Infinity",
    async () => {
      let fired = 0;
      const timers = [2 ** 31, 2 ** 53, Infinity].map((ms) => systemClock.after(ms, () => fired++));
      assert.equal(await comesToRest(() => fired), 0);
      for (const timer of timers) systemClock.clear(timer);
    },
  );

  itEnds("calls back after the time, and not once cleared", async () => {
    const before = systemClock.now();
    systemClock.clear(systemClock.after(0, () => assert.fail("cleared")));
    const keep = setInterval(() => {}, 1_000); // timers of the clock do not keep the process alive
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
    clearInterval(keep);
    assert.ok(systemClock.now() - before >= 4);
  });

  it("holds the process for a timer of 0 ms alone", () => {
    for (const [ms, expected] of [[0, true], [1, false]] as const) {
      const timer = systemClock.after(ms, () => {});
      if (typeof timer === "number") return; // Deno and browsers keep the process for each
      assert.equal((timer as NodeJS.Timeout).hasRef(), expected, `${ms} ms`);
      systemClock.clear(timer);
    }
  });

  itEnds("lets a handshake with handshakeTimeoutMs: Infinity succeed", async () => {
    const pair = await openPair({
      server: { handshakeTimeoutMs: Infinity },
      client: { handshakeTimeoutMs: Infinity },
    });
    assert.equal(await isSettled(pair.client.closed), false);
    await pair.client.close();
  });
});
