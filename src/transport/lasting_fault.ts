/**
 * A fault that lasts, for example a lack of files. It is met again and again, and would fill the
 * log if each time were reported.
 *
 * @module
 */

/** Milliseconds without the fault after which it is reported again. */
const QUIET_MS = 60_000;

/** One kind of fault. */
export class LastingFault {
  #quietUntil = -Infinity;

  /** The fault was met. Returns whether to report it. */
  meet(): boolean {
    const now = performance.now(), isNew = now >= this.#quietUntil;
    this.#quietUntil = now + QUIET_MS;
    return isNew;
  }
}
