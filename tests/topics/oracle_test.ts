/**
 * Random lives of receivers: whenever they go and come back, each ends with exactly the published
 * sequence, or was told which part it lost.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Position } from "../../src/topics/position.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { Topics } from "../../src/topics/topics.ts";
import { openReceiver, type Receiver } from "../helpers/audience.ts";
import { makeRandom } from "../helpers/byte_pattern.ts";
import { itEnds } from "../helpers/connections.ts";

const SEEDS = 100;
const STEPS = 120;
const ROOM = "room";

/** One receiver, which knows only what it was sent. */
class Follower {
  readonly #receiver: Receiver;
  readonly #topics: Topics;
  readonly #got: number[] = [];
  readonly #lost: [number, number][] = [];
  #at: Position | null = null;
  #seen = 0; // of what the receiver has
  isIn = false;

  constructor(receiver: Receiver, topics: Topics) {
    this.#receiver = receiver;
    this.#topics = topics;
  }

  enter(): void {
    this.isIn = true;
    this.#topics.subscribe(this.#receiver.connection, ROOM, {
      ...this.#at === null ? {} : { since: this.#at },
      announce: (subscribed) => JSON.stringify(subscribed),
    });
  }

  leave(): void {
    this.#read();
    this.isIn = false;
    this.#topics.unsubscribe(this.#receiver.connection, ROOM);
  }

  /** Everything from where it first began to `last` is there, or told to be lost. */
  check(last: number): void {
    this.#read();
    const lost = this.#lost.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index)
    );
    const first = Math.min(...this.#got, ...lost, last + 1);
    const all = [...this.#got, ...lost].sort((a, b) => a - b);
    assert.deepEqual(all, Array.from({ length: last - first + 1 }, (_, index) => first + index));
    assert.deepEqual(this.#got, [...this.#got].sort((a, b) => a - b), "out of order");
  }

  #read(): void {
    const { got } = this.#receiver;
    for (; this.#seen < got.length; this.#seen++) {
      const text = String(got[this.#seen]);
      if (!text.startsWith("{")) {
        this.#got.push(Number(text));
        this.#at = { epoch: this.#at!.epoch, offset: this.#at!.offset + 1 };
        assert.equal(this.#at.offset, Number(text), "it counts as the topic does");
        continue;
      }
      const { epoch, offset, lost } = JSON.parse(text);
      if (lost) this.#lost.push([lost.from, lost.to]);
      this.#at = { epoch, offset };
    }
  }
}

describe("receivers that go and come back", () => {
  itEnds(`end with all, or know what they lost, in ${SEEDS} random lives`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const next = makeRandom(seed), clock = new VirtualClock();
      const random = (limit: number): number => Math.floor(next() * limit);
      const topics = new Topics({ clock, history: { messages: 4 + random(8), seconds: 10 } });
      // One that never leaves keeps the topic, and with it the epoch.
      const followers = await Promise.all(
        Array.from({ length: 4 }, async () => new Follower(await openReceiver(), topics)),
      );
      followers[0]!.enter();
      let published = 0;
      for (let step = 0; step < STEPS; step++) {
        const follower = followers[1 + random(3)]!;
        const kind = random(10);
        if (kind < 6) topics.publish(ROOM, `${++published}`);
        else if (kind === 6) await clock.advance(random(4_000));
        else if (kind === 7) await settle();
        else if (follower.isIn) {
          await settle();
          follower.leave();
        } else follower.enter();
      }
      for (const follower of followers) if (!follower.isIn) follower.enter();
      await settle();
      await settle();
      try {
        for (const follower of followers) follower.check(published);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
});
