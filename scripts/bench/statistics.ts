/**
 * Medians with their spread, and ratios of measurements that were made side by side.
 *
 * @module
 */

/** The middle of several values, and how far they lay apart. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Median, least and most of values; `null` if there are none. */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)! };
}

/**
 * The ratios of two series, round by round: what both met in one round (a busy neighbour, a slower
 * clock) is in neither quotient. Rounds that only one of them has are left out.
 */
export function ratiosOf(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  const rounds = Math.min(ours.length, theirs.length);
  const ratios = Array.from({ length: rounds }, (_, i) => ours[i]! / theirs[i]!);
  return ratios.filter(Number.isFinite);
}

/** Rounds whose extremes are further apart do not agree: the median is as good as a guess. */
const NOISE = 1.25;

/** Whether the rounds differ too much for the median to mean something. */
export function isNoise({ least, most }: Spread): boolean {
  return most > least * NOISE;
}
