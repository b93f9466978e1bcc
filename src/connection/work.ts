/**
 * How much is done for one peer before others have their turn of the event loop.
 *
 * @module
 */

/**
 * Units of work. A message, a ping or a pong is one, and so are 4 KiB that arrived; with handlers that
 * do little, all of it takes about a millisecond.
 */
export const WORK_PER_TURN = 1_024;

/** Units of an inflated message beside those of its bytes: zlib takes 15 to 90 µs to begin one. */
export const INFLATING_WORK = 32;

/** Bytes of inflated output in one unit, as powers of two; and of those that arrived. */
export const INFLATED_SHIFT = 10, ARRIVED_SHIFT = 12;
