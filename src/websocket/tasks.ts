/**
 * Tasks as in HTML (section 8.1.7). Each task runs after all promises that the task before it has
 * settled.
 *
 * @module
 */

import { systemClock } from "../clock.ts";

/** Runs tasks. */
export interface Tasks {
  /** Runs `task` after the current code and all promises that depend on it. Tasks run in order. */
  queue(task: () => void): void;
  /**
   * Calls back once when the next task begins: exactly then if `watch` was called, otherwise within
   * about 1 ms.
   */
  atNextTask(callback: () => void): void;
  /** From now on `atNextTask` calls back exactly when a task begins. */
  watch(): void;
  /** The task of an event begins. */
  begin(): void;
  /**
   * Whether the current code was called by the system for a chunk, and has had no event yet. The
   * first event of the chunk can then use this task and needs none of its own.
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
  #isMarked = false; // a task is queued that detects the next one
  #isWatched: boolean;
  #isTaken = false; // the current task has an event whose promises are not all settled

  /**
   * `hasChunkTasks` is `true` if the system calls for each chunk in a task, unlike in tests in
   * memory.
   */
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
    // At most 1,000 times a second, rather than once for each message.
    else systemClock.after(0, this.#onMark);
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

  /** Other chunks may arrive before this task ends, so their events need tasks of their own. */
  readonly #onThrough = (): void => {
    this.#isTaken = false;
  };
}

// Of the platform, and not of `globalThis`, which the npm build by dnt would replace.
declare const setImmediate: Schedule | undefined;

/**
 * `setImmediate`, which runs many tasks in one turn of the loop: 0.1 µs each on Deno and Bun and
 * 0.2 on Node in a loop of its own, where a timer takes 1 ms. On Deno it takes 1 µs of a message
 * when 32 connections echo. It is read when this module is loaded, so that fake timers
 * which a test installs later do not stop events.
 */
export const platformSchedule: Schedule = typeof setImmediate === "undefined"
  ? (task) => void setTimeout(task, 0)
  : setImmediate;
