/**
 * The history of topics: a subscription that begins in the past gets the published sequence, or
 * is told which part of it is missing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Position, Subscribed } from "../../src/topics/position.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { Topics } from "../../src/topics/topics.ts";
import { openReceiver } from "../helpers/audience.ts";
import { itEnds } from "../helpers/connections.ts";

const history = { messages: 10, seconds: 60 };

/**
 * A topic in which 15 messages were published, of which the last 10 are kept, and the position
 * before the first.
 */
async function publishFifteen(): Promise<[Topics, Position, VirtualClock]> {
  const clock = new VirtualClock(), topics = new Topics({ history, clock });
  const { connection } = await openReceiver();
  const { epoch } = await topics.subscribe(connection, "room");
  for (let number = 1; number <= 15; number++) topics.publish("room", `${number}`);
  return [topics, { epoch, offset: 0 }, clock];
}

describe("a subscription since a position", () => {
  itEnds("gets what came after it, then what comes", async () => {
    const [topics, { epoch }] = await publishFifteen(), { connection, got } = await openReceiver();
    const told = topics.subscribe(connection, "room", { since: { epoch, offset: 12 } });
    topics.publish("room", "16");
    assert.deepEqual(await told, { epoch, offset: 12, resumed: true });
    await settle();
    assert.deepEqual(got, ["13", "14", "15", "16"]);
  });

  itEnds("a subscription since a position is told what is not kept any more", async () => {
    const [topics, { epoch }] = await publishFifteen(), { connection, got } = await openReceiver();
    assert.deepEqual(await topics.subscribe(connection, "room", { since: { epoch, offset: 2 } }), {
      epoch,
      offset: 5,
      resumed: false,
      lost: { from: 3, to: 5 },
    });
    await settle();
    assert.deepEqual(got.length, 10);
    assert.equal(got[0], "6");
  });

  itEnds(
    "a subscription since a position is told that the messages are too old, and that it has missed none if it had all",
    async () => {
      const [topics, { epoch }, clock] = await publishFifteen();
      const { connection } = await openReceiver();
      await clock.advance(60_000);
      const none = await topics.subscribe(connection, "room", { since: { epoch, offset: 15 } });
      assert.deepEqual(none, { epoch, offset: 15, resumed: true });
      const all = await topics.subscribe(connection, "room", { since: { epoch, offset: 14 } });
      assert.deepEqual(all, { epoch, offset: 15, resumed: false, lost: { from: 15, to: 15 } });
    },
  );

  itEnds(
    "a subscription since a position of another epoch begins now, and is told that the rest of that epoch is missing",
    async () => {
      const [topics, { epoch }] = await publishFifteen(),
        { connection, got } = await openReceiver();
      const lost = { from: 8, to: null };
      for (const since of [{ epoch: "other", offset: 7 }, { epoch, offset: 16 }]) {
        const told = await topics.subscribe(connection, "room", { since });
        const expected = { ...lost, from: since.offset + 1 };
        assert.deepEqual(told, { epoch, offset: 15, resumed: false, lost: expected });
      }
      await settle();
      assert.deepEqual(got, []);
    },
  );

  itEnds("announces where it begins before the first message", async () => {
    const [topics, { epoch }] = await publishFifteen(), { connection, got } = await openReceiver();
    const announce = (subscribed: Subscribed): string => JSON.stringify(subscribed);
    topics.subscribe(connection, "room", { since: { epoch, offset: 14 }, announce });
    await settle();
    assert.deepEqual(got, [JSON.stringify({ epoch, offset: 14, resumed: true }), "15"]);
  });

  itEnds("finds what was published while nobody was there", async () => {
    const topics = new Topics({ history }), { connection, got } = await openReceiver();
    const { epoch } = await topics.subscribe(connection, "room");
    topics.unsubscribe(connection, "room");
    topics.publish("room", "1");
    await topics.subscribe(connection, "room", { since: { epoch, offset: 0 } });
    await settle();
    assert.deepEqual(got, ["1"]);
  });

  itEnds("gives each message its position", async () => {
    const [topics, { epoch }] = await publishFifteen(), { connection, got } = await openReceiver();
    topics.subscribe(connection, "room", {
      since: { epoch, offset: 14 },
      format: ({ position }) => JSON.stringify(position),
    });
    topics.publish("room", "16");
    await settle();
    assert.deepEqual(got.map((message) => JSON.parse(String(message))), [
      { epoch, offset: 15 },
      { epoch, offset: 16 },
    ]);
  });

  itEnds("a topic that was forgotten does not count on in the same epoch", async () => {
    const clock = new VirtualClock(), topics = new Topics({ history, clock });
    const { connection } = await openReceiver();
    await topics.publish("room", "1");
    await clock.advance(70_000);
    assert.equal(clock.pending, 0);
    const first = await topics.subscribe(connection, "other");
    const second = await topics.subscribe(connection, "room", {
      since: { epoch: first.epoch.slice(0, -1) + "0", offset: 1 },
    });
    assert.deepEqual(second, {
      epoch: first.epoch,
      offset: 0,
      resumed: false,
      lost: { from: 2, to: null },
    });
  });
});
