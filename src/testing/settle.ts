/**
 * Waiting for all that needs no time.
 *
 * @module
 */

/** Rounds of the microtask queue. The longest chain of promises in this library takes fewer. */
const SETTLE_TURNS = 32;
/** Rounds after which tasks that make further ones without end are left to themselves. */
const MOST_TURNS = 100_000;

/** Tasks of fake sockets that have not run. */
export const work: { pending: number } = { pending: 0 };

/**
 * Waits for 32 rounds of the microtask queue, so that settled promises, and those that follow from
 * them, have been handled, and for the events of fake sockets. It cannot wait for what comes in a
 * later turn of the event loop: real timers, sockets, files, `node:zlib`, nor for promises chained
 * more than 32 deep.
 */
export async function settle(): Promise<void> {
  for (let turn = 0, quiet = 0; quiet < SETTLE_TURNS && turn < MOST_TURNS; turn++) {
    await null;
    quiet = work.pending > 0 ? 0 : quiet + 1;
  }
}
