/**
 * Time as a parameter, so that every timeout can be tested without waiting.
 *
 * @module
 */

/** A running timer, for {@linkcode Clock.clear}. */
export type TimerId = unknown;

/** The part of a runtime's time that this library uses. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** Calls `callback` once, `ms` milliseconds from now. Does not keep the process alive by itself. */
  after(ms: number, callback: () => void): TimerId;
  /** Forgets a timer; nothing happens when it is over already. */
  clear(timer: TimerId): void;
}

/** A timer that may be told not to keep the process alive (Node, Bun). */
interface Unreferable {
  unref?(): void;
}

/** What a timer of the platform can hold, nearly 25 days; of a longer time it makes 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** The clock of the platform. `Infinity` and all that is longer than its timers hold ends after 25 days. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer: unknown = setTimeout(callback, Math.min(ms, LONGEST_MS));
    if (typeof timer === "object" && timer !== null) (timer as Unreferable).unref?.();
    return timer;
  },
  clear: (timer) => clearTimeout(timer as number),
};
