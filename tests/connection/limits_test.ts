/**
 * Limits and clocks: what makes sense, and the defaults.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../src/clock.ts";
import { Inbox, INBOX_HIGH_WATER_BYTES } from "../../src/connection/inbox.ts";
import { type ConnectionLimits, resolveLimits } from "../../src/connection/limits.ts";
import { makeMaskingKeys } from "../../src/framed/platform.ts";
import { isSettled, itEnds, openPair } from "../helpers/connections.ts";

describe("limits", () => {
  it("have the defaults of the contract", () => {
    assert.deepEqual(resolveLimits({}), {
      maxMessageBytes: 1024 * 1024,
      maxBufferedBytes: 4 * 1024 * 1024,
      closeTimeoutMs: 5_000,
      pingIntervalMs: 20_000,
      pongTimeoutMs: 20_000,
    });
    assert.equal(resolveLimits({ maxMessageBytes: 2 ** 24 }).maxBufferedBytes, 2 ** 26);
    assert.equal(resolveLimits({ maxMessageBytes: Infinity }).maxBufferedBytes, Infinity);
  });

  for (
    const [option, least] of [
      ["maxMessageBytes", 1],
      ["maxBufferedBytes", 1],
      ["closeTimeoutMs", 0],
      ["pingIntervalMs", 1],
      ["pongTimeoutMs", 1],
    ] as const
  ) {
    it(`take ${option} from ${least} to Infinity, and nothing else`, () => {
      for (const value of [least, 1e6, Infinity]) {
        assert.equal(resolveLimits({ [option]: value })[option], value);
      }
      for (const value of [least - 1, -1, NaN, "5", null, {}]) {
        if (value === null) continue; // as if not given
        const options = { [option]: value } as ConnectionLimits;
        assert.throws(() => resolveLimits(options), (error: Error) => {
          assert.ok(error instanceof RangeError && error.message.startsWith(`${option}:`));
          return true;
        });
      }
    });
  }
});

describe("the system's clock", () => {
  itEnds("takes times that no timer holds, and Infinity, as long ones", async () => {
    let fired = 0;
    const timers = [2 ** 31, 2 ** 53, Infinity].map((ms) => systemClock.after(ms, () => fired++));
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const timer of timers) systemClock.clear(timer);
    assert.equal(fired, 0);
  });

  itEnds("calls back, unless cleared", async () => {
    const before = systemClock.now();
    systemClock.clear(systemClock.after(0, () => assert.fail("cleared")));
    const keep = setInterval(() => {}, 1_000); // its own timers keep nothing alive
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
    clearInterval(keep);
    assert.ok(systemClock.now() - before >= 4);
  });

  itEnds("makes a handshake without a time limit possible", async () => {
    const pair = await openPair({
      server: { handshakeTimeoutMs: Infinity },
      client: { handshakeTimeoutMs: Infinity },
    });
    assert.equal(await isSettled(pair.client.closed), false);
    await pair.client.close();
  });
});

describe("the inbox", () => {
  it("gives entries in order and counts what they cost, an empty one too", () => {
    const inbox = new Inbox();
    assert.equal(inbox.shift(), undefined);
    for (let i = 0; i < 5_000; i++) inbox.push("");
    assert.ok(inbox.bytes >= 5_000 * 64);
    assert.equal(inbox.isFull, inbox.bytes >= INBOX_HIGH_WATER_BYTES);
    inbox.push("last");
    for (let i = 0; i < 5_000; i++) assert.equal(inbox.shift(), "");
    assert.equal(inbox.peek(), "last");
    assert.equal(inbox.isEmpty, false);
    assert.equal(inbox.shift(), "last");
    assert.deepEqual([inbox.isEmpty, inbox.bytes, inbox.hasRoom], [true, 0, true]);
  });

  it("keeps order and count over any sequence of calls", () => {
    const inbox = new Inbox();
    let pushed = 0, shifted = 0;
    for (let round = 0; round < 300; round++) {
      for (let i = 0; i < (round * 7) % 31; i++) inbox.push(String(pushed++));
      for (let i = 0; i < (round * 5) % 29 && !inbox.isEmpty; i++) {
        assert.equal(inbox.shift(), String(shifted++));
      }
    }
    while (!inbox.isEmpty) assert.equal(inbox.shift(), String(shifted++));
    assert.equal(shifted, pushed);
    assert.equal(inbox.bytes, 0);
  });
});

describe("masking keys", () => {
  it("differ, over more than one draw", () => {
    const next = makeMaskingKeys();
    const keys = new Set(Array.from({ length: 5_000 }, () => next()));
    assert.ok(keys.size > 4_990);
    for (const key of keys) assert.ok(Number.isInteger(key) && key >= 0 && key <= 0xffffffff);
  });
});
