/**
 * Clients of `redis` that are replaced, because they are silent or have stopped to try. They behave
 * as those of version 5.12 do: `destroy` of a client that is closed throws, and one that is
 * connecting may fail after its `destroy`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import type { RedisLinkEvents } from "../../../src/topics/redis/link.ts";
import { fromNodeRedis } from "../../../src/topics/redis/node_redis.ts";
import { fromNodeRedisSentinel } from "../../../src/topics/redis/node_redis_sentinel.ts";
import { SingleLink } from "../../../src/topics/redis/single_link.ts";
import { replaceTimers } from "../../../src/testing/timers.ts";
import { settle, VirtualClock } from "../../../src/testing/virtual_clock.ts";

/** The clients of one test, in the order in which they were made. */
class Clients {
  readonly all: Client[] = [];
  /** What each command gets. */
  answer: (client: Client) => Promise<unknown> = () => Promise.resolve("OK");
  /** Whether a connection can be made. */
  canConnect = true;

  get open(): number {
    return this.all.filter(({ isOpen }) => isOpen).length;
  }
}

class Client extends EventEmitter {
  readonly #clients: Clients;
  isOpen = false;

  constructor(clients: Clients) {
    super();
    this.#clients = clients;
    clients.all.push(this);
  }

  duplicate(): Client {
    return new Client(this.#clients);
  }

  async connect(): Promise<void> {
    this.isOpen = true;
    await null;
    if (this.#clients.canConnect) this.emit("ready");
    else this.emit("error", new Error("refused"));
  }

  sendCommand(): Promise<unknown> {
    return this.#clients.answer(this);
  }

  async subscribe(): Promise<void> {}

  async unsubscribe(): Promise<void> {}

  destroy(): void {
    if (!this.isOpen) throw new Error("The client is closed");
    this.isOpen = false;
  }

  /** As after `socketTimeout`, or when `reconnectStrategy` says so. */
  stopTrying(): void {
    this.isOpen = false;
    this.emit("error", new Error("Socket timeout"));
  }
}

const events: RedisLinkEvents = { onMessage() {}, onUp() {}, onDown() {} };

/** A link over clients, with timers that the test moves. */
async function withLink(
  test: (parts: { clients: Clients; link: SingleLink; clock: VirtualClock }) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock(), timers = replaceTimers(clock), clients = new Clients();
  const link = new SingleLink(fromNodeRedis(new Client(clients)));
  try {
    await test({ clients, link, clock });
    await link.close();
  } finally {
    timers.restore();
  }
}

describe("replaced clients of redis", () => {
  it("a subscriber that has stopped to try is replaced, although it cannot be destroyed", async () => {
    await withLink(async ({ clients, link, clock }) => {
      link.start(events);
      await settle();
      clients.all[1]!.stopTrying();
      await clock.advance(5_000);
      assert.equal(clients.all.length, 3);
      assert.equal(clients.open, 1);
    });
  });

  it("a subscriber that has stopped to try can be closed", async () => {
    await withLink(async ({ clients, link }) => {
      link.start(events);
      await settle();
      clients.all[1]!.stopTrying();
      await link.close();
    });
  });

  it("a subscriber that fails to connect after it was closed is not replaced", async () => {
    await withLink(async ({ clients, link, clock }) => {
      clients.canConnect = false;
      link.start(events);
      await settle();
      await link.close();
      clients.all[1]!.emit("error", new Error("refused"));
      await clock.advance(20_000);
      assert.equal(clients.all.length, 2);
      assert.equal(clients.open, 0);
    });
  });

  it("commands go on when the client in place of a silent one has stopped to try", async () => {
    await withLink(async ({ clients, link, clock }) => {
      const [first] = clients.all;
      clients.answer = () => new Promise(() => {});
      const silent = link.command("a", "PING");
      const noAnswer = assert.rejects(silent, /no answer within 5000 ms/);
      await clock.advance(5_000);
      await noAnswer;
      const own = clients.all[1]!;
      own.stopTrying();
      clients.answer = (client) =>
        client === own ? Promise.reject(new Error("The client is closed")) : Promise.resolve("OK");
      await assert.rejects(link.command("a", "PING"), /is closed/);
      assert.equal(await link.command("a", "PING"), "OK");
      assert.equal(clients.all[0], first);
    });
  });

  it("each silent client is destroyed, so that an engine away for a minute leaves one", async () => {
    await withLink(async ({ clients, link, clock }) => {
      clients.answer = () => new Promise(() => {});
      for (let tries = 0; tries < 12; tries++) {
        const noAnswer = assert.rejects(link.command("a", "PING"), /no answer/);
        await clock.advance(5_000);
        await noAnswer;
      }
      assert.equal(clients.all.length, 13);
      assert.equal(clients.open, 1);
      await link.close();
      assert.equal(clients.open, 0);
    });
  });
});

describe("a client of redis with sentinels, which has no duplicate", () => {
  it("rejects what has no answer while a primary is chosen, and goes on", async () => {
    const clock = new VirtualClock(), timers = replaceTimers(clock);
    try {
      let answer: Promise<unknown> = new Promise(() => {});
      const { command } = fromNodeRedisSentinel({
        sendCommand: () => answer,
        subscribe: () => Promise.resolve(),
        unsubscribe: () => Promise.resolve(),
        acquire: () => Promise.resolve(),
        on() {},
        off() {},
      });
      const noAnswer = assert.rejects(command("a", ["PING"]), /no answer within 5000 ms/);
      await clock.advance(5_000);
      await noAnswer;
      answer = Promise.resolve("OK");
      assert.equal(await command("a", ["PING"]), "OK");
    } finally {
      timers.restore();
    }
  });
});
