/**
 * The limit of work for one peer in one turn of the event loop, so that other peers are served too.
 *
 * @module
 */

/**
 * Most units of work for one peer in one turn. A message, a ping, a pong, or 4 KiB of arrived bytes
 * is one unit. With a simple handler this limit is about a millisecond.
 */
export const WORK_PER_TURN = 1_024;

/** Extra units for a compressed message, because zlib takes 15 to 90 µs to begin one. */
export const INFLATING_WORK = 32;

/** Bytes in one unit of work, as powers of two: of inflated output, and of arrived bytes. */
export const INFLATED_SHIFT = 10, ARRIVED_SHIFT = 12;

/**
 * The same for bytes that arrive after our Close. Their frames are looked through for the peer's
 * Close, and no message counts any more, so that each 32 bytes count as a small frame would.
 */
export const DROPPED_SHIFT = 5;
