/**
 * The only ways in which tests wait for real time. Tests in memory need none of them: they have the
 * virtual clock. Tests with real sockets wait for events where there is one; these functions are
 * for what has no event, and for what must not happen.
 *
 * @module
 */
import assert from "node:assert/strict";

const POLL_MS = 5;
const PATIENCE_MS = 50_000;
/** Equal readings after which a number counts as at rest, and the pause between two of them. */
const CALM_READINGS = 4, CALM_MS = 40;

/** Waits for one turn of the event loop: I/O that is ready, and timers that are due. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Waits until `condition` holds, for what no event tells. Fails with `what` after 50 seconds. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!await condition()) {
    assert.ok(performance.now() < until, `not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Whether a promise stays pending for `ms`: proves that something does not happen. */
export async function staysPending(promise: Promise<unknown>, ms = 120): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(true), ms));
  const settled = promise.then(() => false, () => false);
  const isPending = await Promise.race([settled, late]);
  clearTimeout(timer);
  return isPending;
}

/** Waits until a number has not changed for 160 ms, and returns it: proves that no more happens. */
export async function comesToRest(read: () => number): Promise<number> {
  let last = read();
  for (let same = 0; same < CALM_READINGS;) {
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}
