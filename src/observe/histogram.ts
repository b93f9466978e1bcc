/**
 * A histogram, for percentiles of more values than can be kept.
 *
 * @module
 */

/**
 * The upper bound of a bucket is a quarter more than that of the one before, so that the error is
 * at most 12 %.
 */
const GROWTH = 1.25, BUCKETS = 96, LOG_GROWTH = Math.log(GROWTH);

/** A histogram with growing buckets. It needs the same memory for any number of values. */
export class Histogram {
  readonly #smallest: number;
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #largest = 0;

  /** Values up to `smallest` are one bucket. */
  constructor(smallest: number) {
    this.#smallest = smallest;
  }

  /** Number of values. */
  get count(): number {
    return this.#count;
  }

  /** Sum of all values. */
  get sum(): number {
    return this.#sum;
  }

  /** The largest value. */
  get largest(): number {
    return this.#largest;
  }

  /** Counts a value. */
  add(value: number): void {
    this.#count++;
    this.#sum += value;
    if (value > this.#largest) this.#largest = value;
    const steps = value <= this.#smallest ? 0 : Math.log(value / this.#smallest) / LOG_GROWTH;
    this.#counts[Math.min(BUCKETS - 1, Math.ceil(steps))]!++;
  }

  /** The value below which the share `part` of all values lies; 0 without values. */
  percentile(part: number): number {
    let left = Math.ceil(this.#count * part);
    if (left === 0) return 0;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.#largest, this.#smallest * GROWTH ** bucket);
    }
    return this.#largest;
  }
}
