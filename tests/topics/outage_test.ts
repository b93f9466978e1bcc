/**
 * Topics with a history while the engine is away: what a process publishes is delivered in it at
 * once, and when the engine is back every receiver has each message once, or was told of its loss.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Published } from "../../src/topics/position.ts";
import type { SubscribeOptions } from "../../src/topics/topics_options.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { Topics } from "../../src/topics/topics.ts";
import { openReceiver, type Receiver } from "../helpers/audience.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { MemoryHistory } from "./memory_history.ts";

const NAME = "room";
const clock = new VirtualClock();
const history = { messages: 100, seconds: 60 };

/** Shows each message with its offset, if it has one, and tells of offsets that come later. */
const withOffsets: SubscribeOptions = {
  format: ({ message, position }: Published) => `${message}@${position?.offset ?? "-"}`,
  announcePlaced: ({ message, position }) => `${message} is ${position?.offset}`,
};

interface Process {
  readonly topics: Topics;
  readonly receiver: Receiver;
}

async function startProcess(
  engine: MemoryHistory,
  options: SubscribeOptions = withOffsets,
): Promise<Process> {
  const topics = new Topics({ clock, history, backplane: engine.connect() });
  const receiver = await openReceiver();
  await topics.subscribe(receiver.connection, NAME, options);
  return { topics, receiver };
}

describe("topics with a history, while the engine is away", () => {
  itEnds("deliver in their process at once, and everywhere when it is back", async () => {
    const engine = new MemoryHistory(100);
    const a = await startProcess(engine), b = await startProcess(engine);
    await a.topics.publish(NAME, "a0");
    engine.fail();
    const published = [a.topics.publish(NAME, "a1"), a.topics.publish(NAME, "a2")];
    b.topics.publish(NAME, "b1");
    await settle();
    assert.deepEqual(a.receiver.got, ["a0@1", "a1@-", "a2@-"]);
    assert.deepEqual(b.receiver.got, ["a0@1", "b1@-"]);
    engine.recover();
    await Promise.all(published);
    await settle();
    assert.deepEqual(a.receiver.got.slice(3), ["a1 is 2", "a2 is 3", "b1@4"]);
    assert.deepEqual(b.receiver.got.slice(2), ["a1@2", "a2@3", "b1 is 4"]);
  });

  itEnds("deliver what was under way when it went, and not twice", async () => {
    const engine = new MemoryHistory(100), a = await startProcess(engine);
    engine.losesAnswer = true; // the engine has the message, and nobody hears of it
    const published = a.topics.publish(NAME, "a1");
    await settle();
    assert.deepEqual(a.receiver.got, ["a1@-"]);
    await clock.advance(200);
    engine.recover();
    await clock.advance(200);
    await published;
    assert.deepEqual(a.receiver.got, ["a1@-", "a1 is 1"]);
  });

  itEnds("deliver after a second what an engine that is stopped does not answer", async () => {
    const engine = new MemoryHistory(100), a = await startProcess(engine);
    engine.isUp = false; // and it says nothing
    a.topics.publish(NAME, "a1");
    await clock.advance(900);
    assert.deepEqual(a.receiver.got, []);
    await clock.advance(1_100);
    assert.deepEqual(a.receiver.got, ["a1@-"]);
  });

  itEnds(
    "wait for it with order: total, which is the default of receivers that count",
    async () => {
      for (
        const options of [{ ...withOffsets, order: "total" }, { announce: () => "begun" }] as const
      ) {
        const engine = new MemoryHistory(100), a = await startProcess(engine, options);
        const before = a.receiver.got.length;
        engine.fail();
        a.topics.publish(NAME, "a1");
        await clock.advance(5_000);
        assert.deepEqual(a.receiver.got.length, before);
        engine.recover();
        await settle();
        assert.deepEqual(a.receiver.got.length, before + 1);
      }
    },
  );

  itEnds("leave out the connection that a message came from, early and later", async () => {
    const engine = new MemoryHistory(100), a = await startProcess(engine);
    engine.fail();
    a.topics.publish(NAME, "a1", { except: a.receiver.connection });
    engine.recover();
    await settle();
    assert.deepEqual(a.receiver.got, []);
  });

  itEnds("deliver nothing that publish has refused", async () => {
    const engine = new MemoryHistory(100);
    const topics = new Topics({ clock, history, backplane: engine.connect(), whenDown: "fail" });
    const { connection, got } = await openReceiver();
    await topics.subscribe(connection, NAME);
    await settle();
    engine.fail();
    await rejectsWith(topics.publish(NAME, "x"), "ERR_BACKPLANE");
    await settle();
    assert.deepEqual(got, []);
  });

  itEnds("keep the order of a publisher for who begins while a message is under way", async () => {
    const engine = new MemoryHistory(100), a = await startProcess(engine);
    engine.losesAnswer = true;
    a.topics.publish(NAME, "a1");
    const late = await openReceiver();
    await a.topics.subscribe(late.connection, NAME, {
      ...withOffsets,
      since: { epoch: "e0", offset: 0 },
    });
    await settle();
    a.topics.publish(NAME, "a2");
    await settle();
    engine.recover();
    await clock.advance(200);
    assert.deepEqual(late.got, ["a1@1", "a2@2"]);
    assert.deepEqual(a.receiver.got, ["a1@-", "a2@-", "a1 is 1", "a2 is 2"]);
  });

  itEnds("deliver once what is published again to an engine that has forgotten it", async () => {
    const engine = new MemoryHistory(100);
    const a = await startProcess(engine), b = await startProcess(engine);
    const counting = await openReceiver();
    await a.topics.subscribe(counting.connection, NAME, {
      announce: () => "begun",
      announceLost: ({ from, to }) => `lost ${from} to ${to}`,
    });
    engine.losesAnswer = true;
    a.topics.publish(NAME, "a1");
    await b.topics.publish(NAME, "b1"); // with it both get a1
    await settle();
    engine.recover({ forgets: true });
    const late = await openReceiver();
    await a.topics.subscribe(late.connection, NAME, {
      ...withOffsets,
      since: { epoch: "e0", offset: 0 },
    });
    await clock.advance(500);
    assert.deepEqual(b.receiver.got, ["a1@1", "b1@2", "a1 is 1"]);
    assert.deepEqual(counting.got, ["begun", "a1", "b1", "lost 3 to null", "lost 1 to 1"]);
    assert.deepEqual(late.got, ["a1@1"]);
  });
});
