/**
 * Random lives of three processes, of an engine that goes away, forgets and loses answers, and of
 * clients that move between them: each receiver ends with all messages once, those of a publisher
 * in order, or was told which it lost; and what its own process publishes in an outage it has at
 * once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { WebSocketConnection } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import type { Lost, Position } from "../../src/topics/position.ts";
import { pairConnections } from "../../src/testing/connection_pair.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { TopicsClient } from "../../src/topics/client/topics_client.ts";
import { Topics } from "../../src/topics/topics.ts";
import { topicsHandler } from "../../src/topics/topics_handler.ts";
import { TOPICS_PROTOCOL } from "../../src/topics/wire_messages.ts";
import { openReceiver, type Receiver } from "../helpers/audience.ts";
import { makeRandom } from "../helpers/byte_pattern.ts";
import { itEnds } from "../helpers/connections.ts";
import { MemoryHistory } from "./memory_history.ts";

const SEEDS = 60;
const STEPS = 150;
const ROOM = "room";
const BEGINNING: Position = { epoch: "e0", offset: 0 };

/** Notes what a receiver has, and at which positions it was told to have lost something. */
class Account {
  readonly got: string[] = [];
  readonly #engine: MemoryHistory;
  readonly #lost = new Set<string>(); // "EPOCH:OFFSET"
  #epoch = BEGINNING.epoch;

  constructor(engine: MemoryHistory) {
    this.#engine = engine;
  }

  take(message: Message, position: Position | null): void {
    this.got.push(String(message));
    if (position !== null) this.#epoch = position.epoch;
  }

  lose({ from, to }: Lost, position: Position): void {
    let isOld = false;
    for (const { epoch, kept } of this.#engine.streams) {
      if (epoch === this.#epoch) isOld = true;
      if (!isOld) continue;
      const first = epoch === this.#epoch ? from : 1;
      const last = to ?? (epoch === position.epoch ? position.offset : kept.length);
      for (let offset = first; offset <= last; offset++) this.#lost.add(`${epoch}:${offset}`);
      if (epoch === position.epoch) break;
    }
    this.#epoch = position.epoch;
  }

  check(): void {
    const has = new Set(this.got), last = new Map<string, number>();
    assert.equal(has.size, this.got.length, "a message came twice");
    for (const message of this.got) {
      const [publisher = "", number] = message.split(":");
      assert.ok(Number(number) > (last.get(publisher) ?? 0), `${message} came late`);
      last.set(publisher, Number(number));
    }
    const told = new Set<string>(), all = new Set<string>();
    for (const { epoch, kept } of this.#engine.streams) {
      for (const [index, { message }] of kept.entries()) {
        all.add(String(message));
        if (this.#lost.has(`${epoch}:${index + 1}`)) told.add(String(message));
      }
    }
    for (const message of all) {
      assert.ok(told.has(message) || has.has(message), `${message} is missing, and was not told`);
    }
  }
}

/** A client of the subprotocol, which is connected to one process after another. */
class Traveller {
  readonly account: Account;
  at = -1;
  /** Its subscription here had begun when the engine was there, and all messages had come. */
  isSettled = false;
  #waiting: ((connection: WebSocketConnection) => void) | null = null;
  #lose: (() => void) | null = null;

  constructor(engine: MemoryHistory) {
    const account = this.account = new Account(engine);
    const next = (): Promise<WebSocketConnection> =>
      new Promise((resolve) => this.#waiting = resolve);
    const client = new TopicsClient((async function* () {
      for (;;) yield await next();
    })());
    client.subscribe(ROOM, {
      onMessage: (message, position) => account.take(message, position),
      onLost: (lost, position) => account.lose(lost, position),
    }, BEGINNING);
  }

  async move(at: number, topics: Topics): Promise<void> {
    this.#lose?.();
    await settle();
    this.at = at;
    this.isSettled = false;
    const { client, transports } = await pairConnections(
      topicsHandler(topics, { authorize: () => true }),
      { client: { protocols: [TOPICS_PROTOCOL] } },
    );
    this.#lose = () => transports.server.lose();
    this.#waiting?.(client);
    await settle();
  }
}

/** A receiver of plain text which counts. It is to see exactly the sequence of the engine. */
function checkCounting({ got }: Receiver, engine: MemoryHistory): void {
  const account = new Account(engine);
  let at: Position | null = null;
  for (const text of got.map(String)) {
    if (!text.startsWith("{")) {
      assert.ok(at !== null, `${text} came before the answer`);
      at = { epoch: at.epoch, offset: at.offset + 1 };
      const stream = engine.streams.find(({ epoch }) => epoch === at?.epoch);
      assert.equal(text, stream?.kept[at.offset - 1]?.message, `at ${at.epoch}:${at.offset}`);
      account.take(text, at);
      continue;
    }
    const { lost, epoch, offset } = JSON.parse(text);
    if (at !== null) assert.equal(lost.from, at.offset + 1);
    at = { epoch, offset };
    if (lost) account.lose(lost, at);
  }
  assert.deepEqual(at, engine.stream.end);
  account.check();
}

async function live(seed: number): Promise<void> {
  const next = makeRandom(seed), clock = new VirtualClock();
  const random = (limit: number): number => Math.floor(next() * limit);
  const engine = new MemoryHistory(15 + random(30));
  const processes = Array.from({ length: 3 }, () =>
    new Topics({
      clock,
      backplane: engine.connect(),
      history: { messages: 1_000, seconds: 1_000 },
    }));
  const counting = await Promise.all(processes.map(async (topics) => {
    const receiver = await openReceiver();
    topics.subscribe(receiver.connection, ROOM, {
      since: BEGINNING,
      announce: (subscribed) => JSON.stringify(subscribed),
      announceLost: (lost, position) => JSON.stringify({ lost, ...position }),
    });
    return receiver;
  }));
  const travellers = Array.from({ length: 4 }, () => new Traveller(engine));
  const move = async (one: Traveller): Promise<void> => {
    const at = random(3);
    await one.move(at, processes[at]!);
  };
  for (const one of travellers) await move(one);
  let published = 0;
  const publish = async (): Promise<void> => {
    const at = random(3), message = `${at}:${++published}`, wasUp = engine.isUp;
    processes[at]!.publish(ROOM, message);
    if (wasUp) return;
    for (let turn = 0; turn < 5; turn++) await settle(); // much may be on its way
    for (const { account, isSettled, at: where } of travellers) {
      if (isSettled && where === at) assert.equal(account.got.at(-1), message, "not at once");
    }
  };
  for (let step = 0; step < STEPS; step++) {
    const kind = random(20);
    if (kind < 12) await publish();
    else if (kind === 12) engine.fail();
    else if (kind === 13 || kind === 14) engine.recover({ forgets: random(3) === 0 });
    else if (kind === 15) engine.losesAnswer = engine.isUp;
    else if (kind === 16) await move(travellers[random(4)]!);
    else if (kind === 17) await clock.advance(random(1_500));
    else {
      await settle();
      if (engine.isUp && !engine.losesAnswer) {
        await clock.advance(500); // what was not answered is published again
        for (const one of travellers) one.isSettled = engine.isUp;
      }
    }
  }
  for (let turn = 0; turn < 3; turn++) { // an answer may still be lost
    engine.recover();
    await clock.advance(500);
  }
  for (const [index, receiver] of counting.entries()) {
    try {
      checkCounting(receiver, engine);
    } catch (error) {
      throw new Error(`receiver ${index}`, { cause: error });
    }
  }
  for (const { account } of travellers) account.check();
}

describe("receivers of three processes whose engine goes and comes back", () => {
  itEnds(`end with all once, or know what they lost, in ${SEEDS} random lives`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      try {
        await live(seed);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
});
