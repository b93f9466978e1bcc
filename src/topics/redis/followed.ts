/**
 * One topic that this process has subscribed to at the engine. With a history, messages that
 * Pub/Sub has lost are read from it, so that messages arrive in order and missing ones are
 * reported.
 *
 * @module
 */
import type { BackplaneEvents, Delivered, RelayedPage } from "../backplane.ts";
import type { Position } from "../position.ts";
import { systemClock } from "../../clock.ts";
import { readMissed } from "../read_missed.ts";

/** Milliseconds until reading the history is tried again after a failure. */
const RETRY_MS = 200;

/** Options of {@linkcode Followed}. */
export interface FollowedOptions {
  readonly name: string;
  readonly hasHistory: boolean;
  readonly events: BackplaneEvents;
  /** Reads the history after a position; with `null`, only the position of its end. */
  read(since: Position | null): Promise<RelayedPage>;
}

/** Puts the messages of one topic in order. */
export class Followed {
  readonly #options: FollowedOptions;
  #position: Position | null = null; // of the last message that was passed on
  #early: Delivered[] = []; // messages that arrived while the history is read
  #isReading = false;
  #hasEnded = false;
  #isBehind = false; // reading the history has failed and is tried again

  constructor(options: FollowedOptions) {
    this.#options = options;
  }

  /** Begins after the channel is subscribed, so that no later message is missed. */
  async begin(): Promise<void> {
    if (!this.#options.hasHistory) return;
    this.#isReading = true;
    try {
      this.#position = (await this.#options.read(null)).position;
    } finally {
      this.#isReading = false;
    }
    this.#takeEarly();
  }

  /** Takes messages of the channel. */
  take(messages: readonly Delivered[]): void {
    const { name, events, hasHistory } = this.#options;
    for (const message of messages) {
      if (!hasHistory || message.position === null) events.onMessage(name, message);
      else if (this.#isReading || this.#isBehind || this.#position === null) {
        this.#early.push(message);
      } else if (!this.#pass(message)) {
        this.#early.push(message);
        this.catchUp();
      }
    }
  }

  /** Ends following, because the topic is no longer subscribed. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Reads the messages that may have been missed. */
  catchUp(): void {
    if (this.#hasEnded || this.#position === null || this.#isReading) return;
    this.#isReading = true;
    this.#read(this.#position).then(() => {
      this.#isReading = this.#isBehind = false;
      this.#takeEarly();
    }, () => {
      this.#isReading = false;
      this.#isBehind = true;
      systemClock.after(RETRY_MS, () => this.catchUp());
    });
  }

  async #read(since: Position): Promise<void> {
    const page = await readMissed(this.#options, since);
    this.#position = page.position;
    for (const message of page.messages) this.#pass(message);
  }

  /** Passes on the next message. Returns `false` if messages before it are missing. */
  #pass(message: Delivered): boolean {
    const { position } = message, last = this.#position;
    if (position === null || last === null || position.epoch !== last.epoch) return false;
    if (position.offset > last.offset + 1) return false;
    if (position.offset <= last.offset) return true; // a duplicate
    this.#position = position;
    this.#options.events.onMessage(this.#options.name, message);
    return true;
  }

  #takeEarly(): void {
    const early = this.#early;
    this.#early = [];
    this.take(early);
  }
}
