/**
 * The share of work of wires that rest, so that many floods together cost one turn of the event
 * loop no more than a few.
 *
 * @module
 */
import { WORK_PER_TURN } from "../connection/work.ts";

/**
 * Up to this many resting peers have the work of a whole turn each. A larger number of peers shares
 * the same amount of work.
 */
export const MANY_RESTING = 4;
const LEAST_SHARE = 32;
/**
 * The number of wires that rest now. It is a variable of the module, because V8 is slow with static
 * private fields.
 */
export let resting = 0;

/**
 * The value of `work` at the beginning of a turn. If many wires rest, it is higher, so that each
 * has a smaller share.
 */
export function firstWork(): number {
  const share = Math.floor(MANY_RESTING * WORK_PER_TURN / resting);
  return Math.max(0, WORK_PER_TURN - Math.max(LEAST_SHARE, share));
}

/** A wire begins to rest. */
export function beginRest(): void {
  resting++;
}

/** A wire has rested. */
export function endRest(): void {
  resting--;
}
