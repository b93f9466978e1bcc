/**
 * A fault that lasts and is met again and again, such as a lack of files. Told each time, it would
 * fill the log.
 *
 * @module
 */

/** The fault is told again after it was not met for this time. */
const QUIET_MS = 60_000;

/** One kind of fault. */
export class LastingFault {
  #quietUntil = -Infinity;

  /** The fault was met. Returns whether to tell of it. */
  meet(): boolean {
    const now = performance.now(), isNew = now >= this.#quietUntil;
    this.#quietUntil = now + QUIET_MS;
    return isNew;
  }
}
