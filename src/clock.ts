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
  /**
   * Calls `callback` once, `ms` milliseconds from now. Keeps the process alive only for 0 ms: the
   * work of a later turn must be done, even where a paused socket holds no process.
   */
  after(ms: number, callback: () => void): TimerId;
  /** Stops a timer. Has no effect when it has run. */
  clear(timer: TimerId): void;
  /**
   * Keeps the process alive until the returned function is called. It is missing where no process
   * can end, as in a browser.
   */
  hold?(): () => void;
}

/** A timer that may be told not to keep the process alive (Node, Bun). */
interface Unreferable {
  unref?(): void;
}

/**
 * The longest timer that the platforms support, nearly 25 days. They treat a longer one as 1 ms.
 */
export const LONGEST_MS: number = 2 ** 31 - 1;

/** The clock of the platform. Longer timers, and `Infinity`, run after 25 days. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer: Unreferable | number = setTimeout(callback, Math.min(ms, LONGEST_MS));
    if (ms > 0) (timer as Unreferable).unref?.();
    return timer;
  },
  clear: (timer) => clearTimeout(timer as number),
};
