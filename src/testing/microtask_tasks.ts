/**
 * Tasks for tests, which come without a turn of the event loop.
 *
 * @module
 */
import { work } from "./settle.ts";

/** Rounds of the microtask queue between two tasks: what the first has promised is done by then. */
const ROUNDS = 16;

const waiting: (() => void)[] = [];

/** Runs `task` after the promises that are ready, and after the tasks before it. */
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
