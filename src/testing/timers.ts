/**
 * Puts the global timers on a virtual clock, for tests of code that calls `setTimeout` itself.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import { describe } from "../options.ts";

/** The result of {@linkcode replaceTimers}. */
export interface ReplacedTimers {
  /** Restores the platform's own timers. */
  restore(): void;
}

/** A timer with the methods of Node's timers; other platforms use numbers. */
class Timer {
  readonly #clear: () => void;
  static #count = 0;
  readonly #number = ++Timer.#count;

  constructor(clear: () => void) {
    this.#clear = clear;
  }

  clear(): void {
    this.#clear();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return this.#number;
  }
}

type Callback = (...args: unknown[]) => void;

/**
 * Puts `setTimeout`, `setInterval`, `clearTimeout`, `clearInterval` and `Date.now` on a clock until
 * `restore()` is called. A client's keepalive of 12 seconds is then tested without waiting.
 *
 * @param clock A `VirtualClock`.
 * @throws {TypeError} if it is no clock.
 *
 * @example
 * ```ts
 * import { replaceTimers, VirtualClock } from "@fullduplex/websocket/testing";
 *
 * const clock = new VirtualClock();
 * const timers = replaceTimers(clock);
 * let hasFired = false;
 * setTimeout(() => hasFired = true, 12_000);
 * await clock.advance(12_000);
 * timers.restore();
 * console.log(hasFired); // true
 * ```
 */
export function replaceTimers(clock: Clock): ReplacedTimers {
  if (typeof clock?.after !== "function") {
    throw new TypeError(`replaceTimers: clock must be a VirtualClock, not ${describe(clock)}`);
  }
  const startedAt = Date.now() - clock.now();
  const numbered = new Map<number, Timer>();
  const start = (ms: unknown, tick: (again: () => void) => void): Timer => {
    let id: TimerId = null;
    const afterMs = Math.max(1, Number(ms) || 0);
    const again = (): void => void (id = clock.after(afterMs, () => tick(again)));
    const timer = new Timer(() => {
      clock.clear(id);
      numbered.delete(+timer);
    });
    numbered.set(+timer, timer);
    again();
    return timer;
  };
  const clear = (timer: unknown): void => {
    if (timer instanceof Timer) timer.clear();
    else if (typeof timer === "number") numbered.get(timer)?.clear();
  };
  const setTimeout = (callback: Callback, ms?: number, ...args: unknown[]): Timer => {
    const timer = start(ms, () => {
      numbered.delete(+timer);
      callback(...args);
    });
    return timer;
  };
  const setInterval = (callback: Callback, ms?: number, ...args: unknown[]): Timer =>
    start(ms, (again) => {
      again();
      callback(...args);
    });
  const restores = [
    replace(globalThis, { setTimeout, setInterval, clearTimeout: clear, clearInterval: clear }),
    replace(Date, { now: () => startedAt + clock.now() }),
  ];
  return {
    restore: () => restores.forEach((restore) => restore()),
  };
}

/** Replaces properties. Returns a function that restores them. */
function replace(target: object, values: Readonly<Record<string, unknown>>): () => void {
  const before = Object.keys(values).map((name) => [name, Reflect.get(target, name)] as const);
  for (const [name, value] of Object.entries(values)) Reflect.set(target, name, value);
  return () => before.forEach(([name, value]) => Reflect.set(target, name, value));
}
