/**
 * Topics that were opened and left leave nothing behind. `TOPICS=10000000` opens ten million of
 * each kind.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import type { SendingConnection } from "../../src/handler.ts";
import { redisBackplane } from "../../src/topics/redis/mod.ts";
import { Topics } from "../../src/topics/topics.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { openReceiver, openReceivers } from "../helpers/audience.ts";
import { heapInUse } from "../helpers/heap.ts";
import { nextTurn } from "../helpers/waiting.ts";
import { FakeRedis } from "./redis/fake_redis.ts";
import { MemoryEngine } from "./memory_backplane.ts";

const TOPICS = Number(process.env.TOPICS ?? 30_000);
/** Code and pools have their size after so many. */
const WARM = 3_000;
const MIB = 1_048_576;
/** The heap may be that much larger, whatever the number: a leak of 120 bytes a topic is more. */
const MOST_MIB = 3;
const WITHIN = { timeout: 3_600_000 };

/** Memory must not grow with the number of calls. */
async function staysFlat(each: (index: number) => unknown): Promise<void> {
  let index = 0;
  const runTo = async (end: number): Promise<void> => {
    while (index < end) {
      await each(index++);
      if (index % 1_000 === 0) await nextTurn(); // as in a server
    }
  };
  await runTo(WARM);
  const before = heapInUse() / MIB;
  await runTo(TOPICS);
  let grown = heapInUse() / MIB - before;
  for (let again = 0; again < 20 && grown >= MOST_MIB; again++) {
    await new Promise((resolve) => setTimeout(resolve, 100)); // the last calls are under way still
    grown = heapInUse() / MIB - before;
  }
  if (process.env.TOPICS !== undefined) {
    const rss = (process.memoryUsage().rss / MIB).toFixed(0);
    console.log(`${TOPICS} topics: ${before.toFixed(1)} + ${grown.toFixed(2)} MiB, RSS ${rss} MiB`);
  }
  assert.ok(grown < MOST_MIB, `${grown.toFixed(1)} MiB more after ${TOPICS} topics`);
}

function openAndLeave(topics: Topics, connection: SendingConnection) {
  return (index: number): Promise<unknown> => {
    const name = `topic ${index}`, begun = topics.subscribe(connection, name);
    topics.unsubscribe(connection, name);
    return begun;
  };
}

describe("topics that were opened and left", WITHIN, () => {
  it("leave no memory, by subscribing, publishing and leaving", WITHIN, async () => {
    const topics = new Topics(), { connection } = await openReceiver();
    await staysFlat(async (index) => {
      const name = `topic ${index}`;
      topics.subscribe(connection, name, { member: index });
      await topics.publish(name, "x", { except: connection });
      topics.unsubscribe(connection, name);
      await topics.publish(name, "nobody");
    });
    assert.deepEqual(topics.names(connection), []);
  });

  it("leave no memory, with a history that has run out", WITHIN, async () => {
    const clock = new VirtualClock();
    const topics = new Topics({ clock, history: { messages: 2, seconds: 1 } });
    await staysFlat(async (index) => {
      await topics.publish(`topic ${index}`, "x");
      if (index % 1_000 === 0) await clock.advance(5_000);
    });
  });

  it("leave no memory, through an engine", WITHIN, async () => {
    const backplane = new MemoryEngine().connect();
    const topics = new Topics({ backplane }), { connection } = await openReceiver();
    await staysFlat(openAndLeave(topics, connection));
    await settle();
    assert.equal(backplane.names.size, 0, "it is still subscribed at the engine");
    await topics.close();
  });

  it("leave no memory, through a client of Redis", WITHIN, async () => {
    const redis = new FakeRedis();
    const topics = new Topics({ backplane: redisBackplane(redis) });
    const { connection } = await openReceiver();
    await staysFlat(openAndLeave(topics, connection));
    await settle();
    assert.equal(redis.channels.size, 0, "it is still subscribed at the engine");
    await topics.close();
  });

  it("leave nothing when all their connections close", WITHIN, async () => {
    const topics = new Topics(), receivers = await openReceivers(10);
    for (let index = 0; index < 10_000; index++) {
      topics.subscribe(receivers[index % 10]!.connection, `topic ${index >> 1}`);
    }
    for (const { connection } of receivers) connection.abort();
    await settle();
    for (let index = 0; index < 5_000; index++) assert.equal(topics.count(`topic ${index}`), 0);
  });
});
