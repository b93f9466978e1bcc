/**
 * Topics of several processes over an engine in memory: order, outages, and what is given up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { Topics } from "../../src/topics/topics.ts";
import type { TopicsOptions } from "../../src/topics/topics_options.ts";
import { readRelayed, writeRelayed } from "../../src/topics/envelope.ts";
import { openReceiver, type Receiver } from "../helpers/audience.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { MemoryEngine } from "./memory_backplane.ts";

const NAME = "room";

interface Process {
  readonly topics: Topics;
  readonly receiver: Receiver;
}

const clock = new VirtualClock();

async function startProcess(engine: MemoryEngine, options: TopicsOptions = {}): Promise<Process> {
  const topics = new Topics({ clock, ...options, backplane: engine.connect() });
  const receiver = await openReceiver();
  await topics.subscribe(receiver.connection, NAME);
  return { topics, receiver };
}

describe("topics over a backplane", () => {
  itEnds("are delivered in all processes, once", async () => {
    const engine = new MemoryEngine();
    const a = await startProcess(engine), b = await startProcess(engine);
    await a.topics.publish(NAME, "from a");
    await b.topics.publish(NAME, Uint8Array.of(1, 2));
    await settle();
    for (const { receiver: { got } } of [a, b]) {
      assert.deepEqual(got, ["from a", Uint8Array.of(1, 2)]);
    }
  });

  itEnds("leave out the connection that a message came from", async () => {
    const engine = new MemoryEngine();
    const a = await startProcess(engine), b = await startProcess(engine);
    await a.topics.publish(NAME, "x", { except: a.receiver.connection });
    await settle();
    assert.deepEqual([a.receiver.got, b.receiver.got], [[], ["x"]]);
  });

  itEnds("topics over a backplane of one turn go to the engine in one call, in order", async () => {
    const engine = new MemoryEngine();
    const a = await startProcess(engine), b = await startProcess(engine);
    for (let number = 0; number < 200; number++) a.topics.publish(NAME, `${number}`);
    for (let turn = 0; turn < 10; turn++) await settle();
    assert.deepEqual(engine.calls, [`${NAME} 128`, `${NAME} 72`]);
    assert.deepEqual(b.receiver.got, Array.from({ length: 200 }, (_, number) => `${number}`));
  });

  itEnds("wait while the engine is away, and local delivery goes on", async () => {
    const engine = new MemoryEngine();
    const a = await startProcess(engine), b = await startProcess(engine);
    await settle();
    engine.fail();
    const published = a.topics.publish(NAME, "1");
    a.topics.publish(NAME, "2");
    await settle();
    assert.deepEqual([a.receiver.got, b.receiver.got, a.topics.queued], [["1", "2"], [], 2]);
    engine.recover();
    await published;
    await settle();
    assert.deepEqual([a.receiver.got, b.receiver.got, a.topics.queued], [
      ["1", "2"],
      ["1", "2"],
      0,
    ]);
  });

  itEnds("are published again when the answer was lost, and delivered once", async () => {
    const engine = new MemoryEngine();
    const a = await startProcess(engine), b = await startProcess(engine);
    await settle();
    for (const backplane of engine.backplanes) backplane.losesAnswer = true;
    const published = a.topics.publish(NAME, "1");
    await settle();
    a.topics.publish(NAME, "2");
    await clock.advance(200);
    await published;
    assert.equal(engine.calls.length, 2);
    assert.deepEqual(b.receiver.got, ["1", "2"]);
  });

  itEnds("are rejected beyond maxQueued, or at once with whenDown: fail", async () => {
    const engine = new MemoryEngine();
    const a = await startProcess(engine, { maxQueued: 2 });
    const b = await startProcess(engine, { whenDown: "fail" });
    await settle();
    engine.fail();
    for (const message of ["1", "2"]) a.topics.publish(NAME, message);
    await rejectsWith(a.topics.publish(NAME, "3"), "ERR_BACKPLANE");
    await rejectsWith(b.topics.publish(NAME, "1"), "ERR_BACKPLANE");
    assert.deepEqual([a.topics.queued, b.topics.queued], [2, 0]);
    const [first] = [a.topics.publish(NAME, "x")];
    await a.topics.close();
    await rejectsWith(first!, "ERR_BACKPLANE");
    await rejectsWith(a.topics.publish(NAME, "4"), "ERR_BACKPLANE");
  });

  itEnds("are subscribed at the engine only while they have subscribers", async () => {
    const engine = new MemoryEngine(), { topics, receiver } = await startProcess(engine);
    const [backplane] = engine.backplanes;
    const other = await openReceiver();
    await topics.subscribe(other.connection, NAME);
    topics.unsubscribe(receiver.connection, NAME);
    await settle();
    assert.deepEqual([...backplane!.names], [NAME]);
    await other.pair.client.close();
    await settle();
    assert.deepEqual([...backplane!.names], []);
  });

  itEnds("are not subscribed for good when they are left before the engine has them", async () => {
    const engine = new MemoryEngine(), { topics, receiver } = await startProcess(engine);
    const [backplane] = engine.backplanes, { connection } = receiver;
    topics.unsubscribe(connection, NAME);
    topics.subscribe(connection, "brief");
    topics.unsubscribe(connection, "brief");
    await topics.subscribe(connection, NAME);
    topics.subscribe(connection, NAME); // a second call replaces the first
    await settle();
    assert.deepEqual([...backplane!.names], [NAME]);
  });

  itEnds("are subscribed when the engine comes, if it was away", async () => {
    const engine = new MemoryEngine();
    engine.isUp = false;
    let ups = 0;
    const topics = new Topics({ clock, backplane: engine.connect(), onBackplaneUp: () => ups++ });
    const { connection } = await openReceiver();
    const subscribed = topics.subscribe(connection, NAME);
    await settle();
    assert.equal(ups, 0);
    engine.recover();
    await clock.advance(200);
    await subscribed;
    assert.deepEqual([[...[...engine.backplanes][0]!.names], ups], [[NAME], 1]);
  });
});

describe("messages as text", () => {
  itEnds("are read as they were written, and what is broken is left out", async () => {
    await null;
    const all = ["", "a\nb 1 tc 5\n", "€", Uint8Array.of(0, 10, 255), new Uint8Array(0)].map(
      (message, sequence) => (
        { message, compress: sequence % 2 === 0, origin: "o", sequence, position: null }
      ),
    );
    const text = all.map(writeRelayed).join("");
    assert.deepEqual(readRelayed(`x${text}`, 1, null), all);
    assert.deepEqual(readRelayed(text.slice(0, -1), 0, null).length, 4);
    const places = readRelayed(text, 0, { epoch: "e", offset: 7 }).map(({ position }) => position);
    assert.deepEqual(places, [7, 8, 9, 10, 11].map((offset) => ({ epoch: "e", offset })));
    const broken = ["nonsense", "o 1 tc x\nabc", "o\na b c", "o 1\n t 0\n", "o 1 tc -3\nabc", "\n"];
    for (const one of broken) assert.deepEqual(readRelayed(one, 0, null), [], one);
  });
});
