/**
 * Delivers messages of this process while the engine is away, on topics with a history. Only the
 * engine can number messages, so these are delivered early: without a position. When the engine
 * returns such a message, subscribers that had it early are told its position, and the others get
 * it.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Publication } from "./publication.ts";
import type { OwnDelivery, Topic } from "./topic.ts";
import { OwnMessages } from "./own_messages.ts";

/**
 * Milliseconds after which an engine that has not returned a message counts as away, so that the
 * message is delivered early.
 */
const LATE_MS = 1_000;

/** The messages of this process that the engine has not returned. */
export class EarlyDelivery {
  readonly #clock: Clock;
  readonly #all = new Map<Topic, OwnMessages>();
  #isWatching = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A message was published. The engine will return it, unless it is away. */
  take(topic: Topic, message: OwnDelivery & { publication: Publication; isAway: boolean }): void {
    const { publication, except, sequence, isAway } = message;
    let own = this.#all.get(topic);
    if (own === undefined) this.#all.set(topic, own = new OwnMessages());
    own.add(sequence, { publication, except, at: this.#clock.now() }, { isEarly: isAway });
    if (isAway) topic.deliverEarly(publication, { except, sequence, oldest: own.oldest });
    else this.#watch();
  }

  /** The engine is away now: delivers the messages that it has not returned. */
  deliver(): void {
    this.#deliverUntil(this.#clock.now());
  }

  /** The engine has returned a message of this process. */
  deliverBack(topic: Topic, sequence: number, publication: Publication): void {
    const own = this.#all.get(topic), found = own?.takeBack(sequence);
    if (own?.isEmpty === true) this.#all.delete(topic);
    topic.deliverOwn(publication, { sequence, except: found?.except });
  }

  /** The topic has no subscribers any more, so the engine returns nothing on it. */
  forget(topic: Topic): void {
    this.#all.delete(topic);
  }

  #deliverUntil(time: number): void {
    for (const [topic, own] of this.#all) {
      own.takeLate(time, ({ publication, except }, sequence) => {
        topic.deliverEarly(publication, { except, sequence, oldest: own.oldest });
      });
    }
  }

  /** Starts the timer, which all messages share. A message waits for at most two of its periods. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#clock.after(LATE_MS, () => {
      this.#isWatching = false;
      this.#deliverUntil(this.#clock.now() - LATE_MS);
      for (const own of this.#all.values()) if (own.isAnyHeld) return this.#watch();
    });
  }
}
