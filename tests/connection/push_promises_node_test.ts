/**
 * Promises of a fed handler, counted by Node's async hooks, which Deno and Bun do not have.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { describe } from "node:test";
import { settle } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";
import { openToServer } from "../helpers/raw_peer.ts";

describe("a fed handler", () => {
  itEnds("costs fewer than 20 promises for 100 messages while it is synchronous", async () => {
    let calls = 0;
    const { peer } = await openToServer({
      message() {
        calls++;
      },
    });
    peer.send('1 000 0001 m 0000001 "a"');
    await settle();
    const count = await countPromises(async () => {
      peer.send(Array.from({ length: 100 }, () => '1 000 0001 m 0000001 "a"').join(" | "));
      await Promise.resolve();
      await Promise.resolve();
    });
    assert.equal(calls, 101);
    assert.ok(count < 20, `${count} promises for 100 messages`);
  });

  itEnds(
    "costs a promise for each message when it is asynchronous, which the count shows",
    async () => {
      const { peer } = await openToServer({ async message() {} });
      const count = await countPromises(async () => {
        peer.send(Array.from({ length: 100 }, () => '1 000 0001 m 0000001 "a"').join(" | "));
        await settle();
      });
      assert.ok(count >= 100, `${count} promises for 100 messages`);
    },
  );
});

/** Promises made while `work` runs. */
async function countPromises(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROMISE") count++;
    },
  }).enable();
  await work();
  hook.disable();
  return count;
}
