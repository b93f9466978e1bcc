/**
 * Tasks for tests. They run without a turn of the event loop.
 *
 * @module
 */
import { work } from "./settle.ts";

/**
 * Rounds of the microtask queue between two tasks, so that the promises of the first are handled
 * before the second runs.
 */
const ROUNDS = 16;

const waiting: (() => void)[] = [];

/** Runs `task` after the promises that are settled now, and after earlier tasks. */
export function scheduleInMicrotasks(task: () => void): void {
  work.pending++;
  if (waiting.push(task) === 1) void run();
}

async function run(): Promise<void> {
  for (let task = waiting[0]; task !== undefined; task = waiting[0]) {
    for (let round = 0; round < ROUNDS; round++) await null;
    try {
      task();
    } finally {
      work.pending--;
      waiting.shift();
    }
  }
}
