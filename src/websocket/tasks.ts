/**
 * Tasks as HTML has them (section 8.1.7): each runs alone, after all promises that the one before
 * has settled.
 *
 * @module
 */

import { systemClock } from "../clock.ts";

/** Runs tasks. */
export interface Tasks {
  /** Runs `task` when the code that runs now, and all promises that hang on it, are through. In order. */
  queue(task: () => void): void;
  /** Calls back once, when the next task begins: at once if `watch` was called, else within 1 ms or so. */
  atNextTask(callback: () => void): void;
  /** From here on it matters when a task begins. */
  watch(): void;
  /** The task of an event begins. */
  begin(): void;
  /**
   * Whether the code that the system calls for a chunk is a task in which there was no event: then
   * its first event can have it, and needs none of its own.
   */
  readonly isChunkFree: boolean;
}

/** Schedules one task. */
export type Schedule = (task: () => void) => void;

/** Tasks of the event loop. */
export class EventLoopTasks implements Tasks {
  readonly queue: Schedule;
  readonly #hasChunkTasks: boolean;
  readonly #callbacks: (() => void)[] = [];
  #isMarked = false; // a task of our own is queued that will notice
  #isWatched: boolean;
  #isTaken = false; // by an event whose promises are not through

  /** `hasChunkTasks` says that the system calls for each chunk in a task, and not tests in memory. */
  constructor(
    schedule: Schedule = platformSchedule,
    { hasChunkTasks = false }: { readonly hasChunkTasks?: boolean } = {},
  ) {
    this.queue = schedule;
    this.#hasChunkTasks = hasChunkTasks;
    this.#isWatched = !hasChunkTasks;
  }

  get isChunkFree(): boolean {
    return this.#hasChunkTasks && !this.#isTaken;
  }

  atNextTask(callback: () => void): void {
    this.#callbacks.push(callback);
    if (this.#isMarked) return;
    this.#isMarked = true;
    if (this.#isWatched) this.queue(this.#onMark);
    else systemClock.after(0, this.#onMark); // 1,000 times a second, not once for each message
  }

  watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    if (this.#isMarked) this.queue(this.#onMark);
  }

  begin(): void {
    if (this.#hasChunkTasks && !this.#isTaken) {
      this.#isTaken = true;
      queueMicrotask(this.#onThrough);
    }
    if (this.#callbacks.length === 0) return;
    for (const callback of this.#callbacks) callback();
    this.#callbacks.length = 0;
  }

  readonly #onMark = (): void => {
    this.#isMarked = false;
    this.begin();
  };

  /** Chunks that the system has ready together may come before: their events need own tasks. */
  readonly #onThrough = (): void => {
    this.#isTaken = false;
  };
}

// Of the platform, and not of `globalThis`, which the npm build by dnt would replace.
declare const setImmediate: Schedule | undefined;

/**
 * `setImmediate`, which runs many tasks in one turn of the loop: 0.1 µs each on Deno and Bun and
 * 0.2 on Node, where a timer takes 1 ms. It is taken when this module is loaded: fake timers that
 * a test installs later do not stop events.
 */
export const platformSchedule: Schedule = typeof setImmediate === "undefined"
  ? (task) => void setTimeout(task, 0)
  : setImmediate;
