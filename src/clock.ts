/**
 * Time as a parameter, so that every timeout can be tested without waiting.
 *
 * @module
 */

/** A running timer, for {@linkcode Clock.clear}. */
export type TimerId = unknown;

/** Time and timers, as this library uses them. */
export interface Clock {
  /** Milliseconds of a clock that never goes backwards. */
  now(): number;
  /** Calls `callback` once, `ms` milliseconds from now. Does not keep the process alive by itself. */
  after(ms: number, callback: () => void): TimerId;
  /** Stops a timer. Has no effect when it has run. */
  clear(timer: TimerId): void;
  /** Keeps the process alive until the function that it returns is called. Missing where no process ends. */
  hold?(): () => void;
}

/** A timer that may be told not to keep the process alive (Node, Bun). */
interface Unreferable {
  unref?(): void;
}

/** The longest timer of the platforms, nearly 25 days; they treat a longer one as 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** The clock of the platform. Longer timers, and `Infinity`, run after 25 days. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer: unknown = setTimeout(callback, Math.min(ms, LONGEST_MS));
    if (typeof timer === "object" && timer !== null) (timer as Unreferable).unref?.();
    return timer;
  },
  clear: (timer) => clearTimeout(timer as number),
};
