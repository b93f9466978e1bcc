/**
 * A histogram of times. Each bucket is a tenth wider than the one before.
 *
 * @module
 */

const GROWTH = Math.log(1.1);
const BAR = 40;

/** Counts times in milliseconds, with a precision of a tenth of each time. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #max = 0;

  /** The number of times that were added. */
  get total(): number {
    return this.#total;
  }

  /** The longest time. */
  get max(): number {
    return this.#max;
  }

  add(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, 1e-3)) / GROWTH);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#total++;
    this.#max = Math.max(this.#max, ms);
  }

  /** The time that the given share of all times does not exceed. */
  quantile(part: number): number {
    let left = Math.ceil(this.#total * part);
    for (const bucket of this.#buckets()) {
      left -= this.#counts.get(bucket) ?? 0;
      if (left <= 0) return Math.min(Math.exp((bucket + 1) * GROWTH), this.#max);
    }
    return this.#max;
  }

  /** Draws at most `rows` lines, each with a bar. */
  draw(rows: number): readonly string[] {
    const buckets = this.#buckets();
    const first = buckets[0] ?? 0, last = buckets.at(-1) ?? 0;
    const width = Math.max(1, Math.ceil((last - first + 1) / rows));
    const sums: number[] = [];
    for (const bucket of buckets) {
      const row = Math.floor((bucket - first) / width);
      sums[row] = (sums[row] ?? 0) + (this.#counts.get(bucket) ?? 0);
    }
    // `map` would leave out rows without times, and their holes would make the maximum NaN.
    const rowSums = Array.from(sums, (sum = 0) => sum);
    const most = Math.max(...rowSums, 1);
    return rowSums.map((sum, row) => {
      const upTo = Math.exp((first + (row + 1) * width) * GROWTH);
      const bar = "#".repeat(Math.ceil(sum / most * BAR));
      return `${`< ${upTo.toPrecision(3)} ms`.padStart(13)} ${String(sum).padStart(9)} ${bar}`;
    });
  }

  #buckets(): readonly number[] {
    return [...this.#counts.keys()].sort((a, b) => a - b);
  }
}
