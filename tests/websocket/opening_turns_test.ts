/**
 * One opening handshake at a time (RFC 6455 section 4.1).
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../../src/testing/virtual_clock.ts";
import { OpeningTurns } from "../../src/websocket/opening_turns.ts";

const never = new AbortController().signal;

describe("OpeningTurns", () => {
  it("come in the order of the calls, each host for itself", async () => {
    const turns = new OpeningTurns(), order: string[] = [];
    const ends = new Map<string, () => void>();
    for (const name of ["a1", "a2", "b1", "a3"]) {
      turns.take(name[0]!, never).then((end) => {
        order.push(name);
        ends.set(name, end);
      });
    }
    await settle();
    assert.deepEqual(order, ["a1", "b1"]);
    ends.get("a1")!();
    await settle();
    assert.deepEqual(order, ["a1", "b1", "a2"]);
    ends.get("a2")!();
    await settle();
    assert.deepEqual(order, ["a1", "b1", "a2", "a3"]);
  });

  it("are given up with the signal's reason, and then hold nobody up", async () => {
    const turns = new OpeningTurns(), controller = new AbortController();
    const endFirst = await turns.take("a", never);
    const given = turns.take("a", controller.signal);
    let isThird = false;
    turns.take("a", never).then(() => isThird = true);
    controller.abort(new Error("given up"));
    await assert.rejects(given, /given up/);
    await settle();
    assert.ok(!isThird);
    endFirst();
    await settle();
    assert.ok(isThird);
  });
});
