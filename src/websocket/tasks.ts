/**
 * Tasks as HTML has them (section 8.1.7): each runs alone, after all promises that the one before
 * has settled.
 *
 * @module
 */

/** Runs tasks. */
export interface Tasks {
  /** Runs `task` when the code that runs now, and all promises that hang on it, are through. In order. */
  queue(task: () => void): void;
  /** A number that is the same within one task and another in the next. */
  readonly turn: number;
}

/** Schedules one task. */
export type Schedule = (task: () => void) => void;

/** Tasks of the event loop. */
export class EventLoopTasks implements Tasks {
  readonly queue: Schedule;
  #turn = 0;
  #isMarked = false; // the end of this turn will be noticed

  constructor(schedule: Schedule = platformSchedule) {
    this.queue = schedule;
  }

  get turn(): number {
    if (this.#isMarked) return this.#turn;
    this.#isMarked = true;
    this.queue(this.#onNextTurn);
    return ++this.#turn;
  }

  readonly #onNextTurn = (): void => {
    this.#isMarked = false;
  };
}

// Of the platform, and not of `globalThis`, which the npm build by dnt would replace.
declare const setImmediate: Schedule | undefined;

/**
 * `setImmediate`, which runs many tasks in one turn of the loop: 0.1 µs each on Deno and Bun and
 * 0.2 on Node, where a timer takes 1 ms. It is taken when this module is loaded: fake timers that
 * a test installs later do not stop events.
 */
const platformSchedule: Schedule = typeof setImmediate === "undefined"
  ? (task) => void setTimeout(task, 0)
  : setImmediate;
