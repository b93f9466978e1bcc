/**
 * Delivers what this process publishes on topics with a history while the engine is away, without
 * the positions that only the engine can give. When the engine gives a message back, those who had
 * it early are told its position, and the others get it.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Publication } from "./publication.ts";
import type { OwnDelivery, Topic } from "./topic.ts";
import { OwnMessages } from "./own_messages.ts";

/**
 * After it an engine that does not answer counts as away: a message waits no longer for its
 * position.
 */
const LATE_MS = 1_000;

/** The messages of this process that the engine has not given back. */
export class EarlyDelivery {
  readonly #clock: Clock;
  readonly #all = new Map<Topic, OwnMessages>();
  #isWatching = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A message was published, and is to come back from the engine, which may be away. */
  take(topic: Topic, message: OwnDelivery & { publication: Publication; isAway: boolean }): void {
    const { publication, except, sequence, isAway } = message;
    let own = this.#all.get(topic);
    if (own === undefined) this.#all.set(topic, own = new OwnMessages());
    own.add(sequence, { publication, except, at: this.#clock.now() }, { isEarly: isAway });
    if (isAway) topic.deliverEarly(publication, { except, sequence, oldest: own.oldest });
    else this.#watch();
  }

  /**
   * Delivers the messages that have not come back from the engine, because the engine is away now.
   */
  deliver(): void {
    this.#deliverUntil(this.#clock.now());
  }

  /** The engine gives a message of this process back. */
  deliverBack(topic: Topic, sequence: number, publication: Publication): void {
    const own = this.#all.get(topic), found = own?.takeBack(sequence);
    if (own?.isEmpty === true) this.#all.delete(topic);
    topic.deliverOwn(publication, { sequence, except: found?.except });
  }

  /** The topic has no subscribers any more: nothing comes back. */
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

  /** One timer for all: a message waits for two of its rounds at most. */
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
