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

/** The clock of the platform. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer: unknown = setTimeout(callback, ms);
    if (typeof timer === "object" && timer !== null) (timer as Unreferable).unref?.();
    return timer;
  },
  clear: (timer) => clearTimeout(timer as number),
};
