/**
 * Time that passes when the test says so.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Turns of the microtask queue after which what a timer set in motion has come to rest. */
const SETTLE_TURNS = 32;

/**
 * A clock for tests: a timeout of an hour takes no time.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "@fullduplex/websocket/testing";
 *
 * const clock = new VirtualClock();
 * let isOver = false;
 * clock.after(3_600_000, () => isOver = true);
 * await clock.advance(3_600_000);
 * console.log(isOver); // true
 * ```
 */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Calls `callback` when the test has advanced the clock by `ms`. */
  after(ms: number, callback: () => void): TimerId {
    const timer: Timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return timer;
  }

  /** Forgets a timer. */
  clear(timer: TimerId): void {
    this.#timers.delete(timer as Timer);
  }

  /** Timers that wait, to see that nothing is left behind. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` milliseconds pass: runs what is due, in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let next = this.#nextBy(until); next !== null; next = this.#nextBy(until)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
      await settle();
    }
    this.#now = until;
  }

  #nextBy(until: number): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.at <= until && (next === null || timer.at < next.at)) next = timer;
    }
    return next;
  }
}

/** Lets promises that are ready, and those that hang on them, go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await null;
}
