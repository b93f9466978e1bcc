/**
 * The members of topics, in one process and in several of which one dies.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { Topics } from "../../src/topics/topics.ts";
import { openReceiver, type Receiver } from "../helpers/audience.ts";
import { itEnds } from "../helpers/connections.ts";
import { MemoryEngine } from "./memory_backplane.ts";

const ROOM = "room";

async function join(topics: Topics, member: unknown): Promise<Receiver> {
  const receiver = await openReceiver({ server: { pingIntervalMs: Infinity } });
  await topics.subscribe(receiver.connection, ROOM, { member });
  await settle();
  return receiver;
}

/** The members, once all processes have answered. */
async function membersOf(topics: Topics, clock: VirtualClock): Promise<unknown[]> {
  const members = topics.members(ROOM);
  await clock.advance(100);
  return (await members).map(({ data }) => data).sort();
}

describe("members of a topic", () => {
  itEnds("are the subscriptions with data, until they end", async () => {
    const clock = new VirtualClock(), topics = new Topics({ clock });
    const ada = await join(topics, "Ada"), bob = await join(topics, { name: "Bob" });
    await join(topics, undefined);
    assert.deepEqual(await topics.members(ROOM).then((all) => all.map(({ data }) => data)), [
      "Ada",
      { name: "Bob" },
    ]);
    topics.unsubscribe(ada.connection, ROOM);
    await bob.pair.client.close();
    await settle();
    assert.deepEqual(await membersOf(topics, clock), []);
    await clock.advance(80_000);
    assert.equal(clock.pending, 0, "nothing is left of the topic");
  });

  itEnds(
    "members of a topic of all processes are known, also to one that comes later",
    async () => {
      const clock = new VirtualClock(), engine = new MemoryEngine();
      const [a, b, c] = [1, 2, 3].map(() => new Topics({ clock, backplane: engine.connect() }));
      const ada = await join(a!, "Ada");
      await join(b!, "Bob");
      await clock.advance(100);
      for (const topics of [a!, b!, c!]) {
        assert.deepEqual(await membersOf(topics, clock), ["Ada", "Bob"]);
      }
      a!.unsubscribe(ada.connection, ROOM);
      await settle();
      for (const topics of [a!, b!, c!]) assert.deepEqual(await membersOf(topics, clock), ["Bob"]);
    },
  );

  itEnds(
    "members of a topic of a process that has died are forgotten after 30 seconds",
    async () => {
      const clock = new VirtualClock(), engine = new MemoryEngine();
      const a = new Topics({ clock, backplane: engine.connect() });
      await join(a, "Ada");
      const dying = engine.connect(), b = new Topics({ clock, backplane: dying });
      await join(b, "Bob");
      await clock.advance(40_000);
      assert.deepEqual(await membersOf(a, clock), ["Ada", "Bob"], "while it lives, it is kept");
      dying.publish = () => Promise.resolve();
      await clock.advance(45_000);
      assert.deepEqual(await membersOf(a, clock), ["Ada"]);
    },
  );

  itEnds("members of a topic that were not heard of are asked for", async () => {
    const clock = new VirtualClock(), engine = new MemoryEngine();
    const [a, b] = [1, 2].map(() => new Topics({ clock, backplane: engine.connect() }));
    await join(a!, "Ada");
    await join(b!, "Bob");
    await clock.advance(100);
    const [ofA] = engine.backplanes;
    const names = [...ofA!.names];
    ofA!.names.clear(); // it misses that Cid joins
    await join(b!, "Cid");
    for (const name of names) ofA!.names.add(name);
    await clock.advance(10_000);
    assert.deepEqual(await membersOf(a!, clock), ["Ada", "Bob", "Cid"]);
  });
});
