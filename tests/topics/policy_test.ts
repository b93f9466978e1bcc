/**
 * Receivers that do not keep up: they hold up nobody, cost a bounded amount of memory, and each
 * message that is left out is counted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { SubscribeOptions } from "../../src/topics/topics_options.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { Topics } from "../../src/topics/topics.ts";
import { catchUp as readOn, openReceiver, type Receiver } from "../helpers/audience.ts";
import { causeCode, isSettled, itEnds, recordEnds } from "../helpers/connections.ts";

const KIB = "x".repeat(1020);
/**
 * What the pair in memory counts as given to the system, and what may be behind, in messages of
 * 1 KiB.
 */
const FITS = 128;
const COUNT = 400;

const clock = new VirtualClock();

/** A receiver that has stopped to read, and one that reads. */
async function openSlowAndFast(options: SubscribeOptions): Promise<[Topics, Receiver, Receiver]> {
  const topics = new Topics({ clock });
  const slow = await openReceiver(), fast = await openReceiver();
  slow.pair.transports.client.pause();
  for (const { connection } of [slow, fast]) topics.subscribe(connection, "room", options);
  return [topics, slow, fast];
}

/** Publishes numbered messages of 1 KiB, each in a turn of its own. */
async function publishMany(topics: Topics): Promise<void> {
  for (let number = 0; number < COUNT; number++) {
    topics.publish("room", `${number} ${KIB}`.slice(0, 1024));
    await settle();
  }
}

/** Lets a receiver read on until it has all, and looks at what waits for it. */
async function catchUp(receiver: Receiver): Promise<void> {
  await readOn(receiver);
  await clock.advance(10);
  await readOn(receiver);
}

function numbersOf({ got }: Receiver): number[] {
  return got.map((message) => parseInt(String(message)));
}

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

describe("a receiver that does not keep up", () => {
  itEnds('with "wait" holds up the publisher, and loses nothing', async () => {
    const [topics, slow, fast] = await openSlowAndFast({});
    let published: Promise<void>, count = 0;
    do {
      published = topics.publish("room", `${count++} ${KIB}`);
    } while (await isSettled(published) && count < COUNT);
    assert.ok(count > 64 && count < COUNT, `${count} were taken without waiting`);
    assert.equal(fast.got.length, count);
    await catchUp(slow);
    await published;
    assert.deepEqual(numbersOf(slow), numbersFrom(0, count));
    assert.equal(topics.dropped, 0);
  });

  itEnds(
    'with "wait" is dropped at maxBufferedBytes when publishers wait for nothing',
    async () => {
      const topics = new Topics();
      const slow = await openReceiver({ server: { maxBufferedBytes: 256 * 1024 } });
      slow.pair.transports.client.pause();
      const calls = recordEnds(slow.pair.transports.server);
      topics.subscribe(slow.connection, "room");
      await publishMany(topics);
      assert.equal(causeCode(await slow.connection.closed), "ERR_SEND_LIMIT");
      assert.deepEqual(calls, ["abort"]); // the row `sendLimit`, and not `failure`
      assert.equal(topics.count("room"), 0);
    },
  );

  itEnds('with "wait" is waited for by one promise for all messages', async () => {
    const [topics, slow, fast] = await openSlowAndFast({});
    while (await isSettled(topics.publish("room", KIB)));
    const first = topics.publish("room", KIB), second = topics.publish("room", KIB);
    assert.equal(second, first); // or each message would leave a reaction at each receiver behind
    assert.notEqual(topics.publish("room", KIB, { except: slow.connection }), first);
    const third = topics.publish("room", KIB, { except: fast.connection });
    assert.equal(await isSettled(third), false);
    await catchUp(slow);
    await Promise.all([first, second, third]);
  });

  itEnds('with "drop-newest" misses what comes while it is behind', async () => {
    const [topics, slow, fast] = await openSlowAndFast({ policy: "drop-newest" });
    await publishMany(topics);
    assert.deepEqual(numbersOf(fast), numbersFrom(0, COUNT));
    const { delivered = 0, dropped = 0 } = topics.subscription(slow.connection, "room") ?? {};
    assert.ok(delivered >= FITS - 2 && delivered <= FITS + 2, `${delivered} were delivered`);
    assert.deepEqual([delivered + dropped, topics.dropped], [COUNT, dropped]);
    await catchUp(slow);
    assert.deepEqual(numbersOf(slow), numbersFrom(0, delivered));
    await topics.publish("room", "400");
    await settle();
    assert.equal(numbersOf(slow).at(-1), 400);
  });

  itEnds('with "drop-oldest" gets the newest when it has caught up', async () => {
    const [topics, slow] = await openSlowAndFast({ policy: "drop-oldest", maxWaiting: 10 });
    await publishMany(topics);
    const { delivered = 0, waiting } = topics.subscription(slow.connection, "room") ?? {};
    assert.equal(waiting, 10);
    assert.equal(topics.dropped, COUNT - delivered - 10);
    await catchUp(slow);
    assert.deepEqual(numbersOf(slow), [...numbersFrom(0, delivered), ...numbersFrom(390, 10)]);
    assert.equal(topics.subscription(slow.connection, "room")?.delivered, delivered + 10);
  });

  itEnds('with "latest" gets the newest of each key', async () => {
    const key = (message: unknown): string => String(parseInt(String(message)) % 3);
    const [topics, slow] = await openSlowAndFast({ policy: "latest", key });
    await publishMany(topics);
    const { delivered = 0, dropped } = topics.subscription(slow.connection, "room") ?? {};
    assert.equal(dropped, COUNT - delivered - 3);
    await catchUp(slow);
    assert.deepEqual(numbersOf(slow).slice(delivered), [397, 398, 399]);
  });

  itEnds('with "latest" gets the messages of its keys in order of publication', async () => {
    const key = (message: unknown): string => String(message)[0]!;
    const [topics, slow] = await openSlowAndFast({ policy: "latest", key, maxWaiting: 3 });
    await publishMany(topics);
    const { delivered = 0 } = topics.subscription(slow.connection, "room") ?? {};
    for (const message of ["a1", "b1", "b2", "a2", "c1", "c2", "d1"]) {
      topics.publish("room", message);
    }
    assert.equal(topics.subscription(slow.connection, "room")?.waiting, 3);
    await catchUp(slow);
    assert.deepEqual(slow.got.slice(delivered), ["a2", "c2", "d1"]);
  });

  itEnds('with "drop-oldest" gets the newest of thousands, again and again', async () => {
    const [topics, slow] = await openSlowAndFast({ policy: "drop-oldest", maxWaiting: 100 });
    for (let times = 1; times <= 3; times++) {
      await publishMany(topics);
      assert.equal(topics.subscription(slow.connection, "room")?.waiting, 100);
      await catchUp(slow);
      assert.deepEqual(numbersOf(slow).slice(-100), numbersFrom(COUNT - 100, 100));
      slow.pair.transports.client.pause();
    }
  });

  itEnds('with "disconnect" is closed with 1013', async () => {
    const [topics, slow, fast] = await openSlowAndFast({ policy: "disconnect" });
    await publishMany(topics);
    assert.equal(fast.got.length, COUNT);
    await catchUp(slow);
    const { code, reason, initiator } = await slow.connection.closed;
    assert.deepEqual({ code, reason, initiator }, {
      code: 1013,
      reason: "too far behind",
      initiator: "local",
    });
    assert.equal(topics.dropped, 1);
    assert.deepEqual(numbersOf(slow), numbersFrom(0, slow.got.length));
    await settle();
    assert.equal(topics.count("room"), 1);
  });

  itEnds("a slow receiver that leaves is not sent what waited for it", async () => {
    const [topics, slow] = await openSlowAndFast({ policy: "drop-oldest" });
    await publishMany(topics);
    const { delivered = 0 } = topics.subscription(slow.connection, "room") ?? {};
    topics.unsubscribe(slow.connection, "room");
    await catchUp(slow);
    assert.deepEqual(numbersOf(slow), numbersFrom(0, delivered));
  });
});
