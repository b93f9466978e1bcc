/**
 * The latest messages of one topic, kept in the memory of this process.
 *
 * @module
 */
import type { Publication } from "./publication.ts";
import type { Lost, Position } from "./position.ts";
import { checkOptions } from "../connection/option_checks.ts";
import { describe, type OptionChecks } from "../options.ts";
import { wholeNumber } from "./policy.ts";

/** How many messages of each topic are kept, and for how long. */
export interface HistoryOptions {
  /** Most messages that are kept of each topic. */
  messages: number;
  /** Seconds for which a message is kept. */
  seconds: number;
}

const CHECKS: OptionChecks<HistoryOptions> = { messages: null, seconds: null };

/** The messages after a position. */
export interface HistoryPage {
  /**
   * The position before the first of `messages`. It is the subscriber's own position if no message
   * is lost.
   */
  readonly position: Position;
  /** All messages after `position`, in order. */
  readonly messages: readonly Publication[];
  /** The messages that are no longer kept; `null` if none is lost. */
  readonly lost: Lost | null;
}

/** Throws a `RangeError` that names the invalid option. */
export function checkHistory(history: HistoryOptions): HistoryOptions {
  checkOptions("history", history, CHECKS);
  const { messages, seconds } = history;
  wholeNumber("history.messages", messages, 1);
  if (typeof seconds !== "number" || !(seconds > 0)) {
    throw new RangeError(`history.seconds: must be a number above 0, not ${describe(seconds)}`);
  }
  return { messages, seconds };
}

/** A message, and the time at which it is dropped. */
interface Kept {
  readonly publication: Publication;
  readonly until: number;
}

/** A bounded queue of messages with consecutive offsets. */
export class History {
  readonly #options: HistoryOptions;
  #kept: Kept[] = [];
  #first = 0; // index of the oldest in `#kept`

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#first === this.#kept.length;
  }

  /** Adds a message, and drops messages beyond the limits. */
  add(publication: Publication, now: number): void {
    this.#kept.push({ publication, until: now + this.#options.seconds * 1000 });
    if (this.#kept.length - this.#first > this.#options.messages) this.#first++;
    this.forget(now);
  }

  /** Drops messages that are too old. */
  forget(now: number): void {
    const kept = this.#kept;
    while (this.#first < kept.length && kept[this.#first]!.until <= now) this.#first++;
    // Removing the front copies the rest, so it is done only when half of the array is empty.
    if (this.#first * 2 > kept.length) {
      this.#kept = kept.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Returns the messages after `since`, in a topic whose last message has the position `last`. */
  after(since: Position, last: Position): HistoryPage {
    if (since.epoch !== last.epoch || since.offset > last.offset) {
      return { position: last, messages: [], lost: { from: since.offset + 1, to: null } };
    }
    const all = this.#kept.length - this.#first;
    const count = Math.min(last.offset - since.offset, all);
    const offset = last.offset - count;
    const messages = this.#kept.slice(this.#kept.length - count).map((kept) => kept.publication);
    const isWhole = offset === since.offset;
    return {
      position: { epoch: last.epoch, offset },
      messages,
      lost: isWhole ? null : { from: since.offset + 1, to: offset },
    };
  }
}

/** Makes the description of a page for the subscriber. */
export function toldOf(
  page: Pick<HistoryPage, "position" | "lost">,
): (Position & { resumed: true }) | (Position & { resumed: false; lost: Lost | null }) {
  const { position: { epoch, offset }, lost } = page;
  return lost === null ? { epoch, offset, resumed: true } : { epoch, offset, resumed: false, lost };
}
