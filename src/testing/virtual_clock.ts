/**
 * A clock whose time passes only when a test advances it.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import { settle } from "./settle.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock for tests. A timeout of an hour can be tested without waiting.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "@fullduplex/websocket/testing";
 *
 * const clock = new VirtualClock();
 * let hasFired = false;
 * clock.after(3_600_000, () => hasFired = true);
 * await clock.advance(3_600_000);
 * console.log(hasFired); // true
 * ```
 */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Calls `callback` once the clock has been advanced by `ms`. */
  after(ms: number, callback: () => void): TimerId {
    const timer: Timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return timer;
  }

  /** Cancels a timer. */
  clear(timer: TimerId): void {
    this.#timers.delete(timer as Timer);
  }

  /** The number of pending timers. At the end of a test, 0 shows that no timer was left behind. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Lets `ms` milliseconds pass. Calls the timers that are due in order, with {@linkcode settle}
   * after each.
   */
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
export { settle } from "./settle.ts";
