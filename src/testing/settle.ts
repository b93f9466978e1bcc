/**
 * Waits for work that needs no turn of the event loop.
 *
 * @module
 */

/**
 * Rounds of the microtask queue to wait. The longest chain of promises in this library takes fewer.
 */
const SETTLE_TURNS = 32;
/** Most rounds to wait, for tasks that schedule further tasks without end. */
const MOST_TURNS = 100_000;

/** Counts the tasks of fake sockets that have not run yet. */
export const work: { pending: number } = { pending: 0 };

/**
 * Waits for 32 rounds of the microtask queue and for the events of fake sockets. Promises that are
 * settled now, and chains of up to 32 that follow from them, are handled by then. It does not wait
 * for events of a later turn of the event loop: real timers, sockets, files, `node:zlib`.
 */
export async function settle(): Promise<void> {
  for (let turn = 0, quiet = 0; quiet < SETTLE_TURNS && turn < MOST_TURNS; turn++) {
    await null;
    quiet = work.pending > 0 ? 0 : quiet + 1;
  }
}
