/**
 * A rate limit as a token bucket. Unused tokens of up to one second are kept, so that a burst
 * passes and the average rate holds.
 *
 * @module
 */

/** Counts against a rate. The time is a parameter. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  /** Makes a full bucket. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    // With a rate of one in ten seconds, the first one passes.
    this.#tokens = Math.max(1, perSecond);
    this.#filledAt = now;
  }

  /**
   * Takes tokens, even if there are fewer. Returns the milliseconds until the bucket has tokens
   * again.
   */
  take(count: number, now: number): number {
    const { max, min } = Math, perSecond = this.#perSecond;
    const gained = (now - this.#filledAt) * perSecond / 1_000;
    this.#filledAt = now;
    this.#tokens = min(max(1, perSecond), this.#tokens + gained) - count;
    return this.#tokens >= 0 ? 0 : -this.#tokens * 1_000 / perSecond;
  }
}
