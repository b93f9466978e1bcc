/**
 * A rate as a token bucket: what is not used is saved up for one second, so that a burst passes and
 * the mean holds.
 *
 * @module
 */

/** Counts against a rate. Time comes in as a parameter. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  /** A full bucket. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = Math.max(1, perSecond); // a rate of one in ten seconds lets the first one pass
    this.#filledAt = now;
  }

  /** Takes tokens, even more than there are. Returns the milliseconds until there are some again. */
  take(count: number, now: number): number {
    const { max, min } = Math, perSecond = this.#perSecond;
    const gained = (now - this.#filledAt) * perSecond / 1_000;
    this.#filledAt = now;
    this.#tokens = min(max(1, perSecond), this.#tokens + gained) - count;
    return this.#tokens >= 0 ? 0 : -this.#tokens * 1_000 / perSecond;
  }
}
