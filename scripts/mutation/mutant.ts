/**
 * A mutant: one small change of a source file that should make a test fail.
 *
 * @module
 */

/** One change. */
export interface Mutant {
  /** Path from the repository's root. */
  readonly file: string;
  /** The text that is replaced. It occurs exactly once in the file. */
  readonly from: string;
  /** The text that replaces it. */
  readonly to: string;
  /** Why no test can fail, if that is so. */
  readonly survives?: string;
}

/** The changes of one file. */
export function mutantsOf(
  file: string,
  changes: readonly (readonly [from: string, to: string, survives?: string])[],
): readonly Mutant[] {
  return changes.map(([from, to, survives]) => ({
    file,
    from,
    to,
    ...survives === undefined ? {} : { survives },
  }));
}

/** Applies a mutant to its file's text. Throws if the text does not occur exactly once. */
export function mutate(source: string, { file, from, to }: Mutant): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`${file}: ${JSON.stringify(from)} occurs ${parts.length - 1} times`);
  }
  return parts.join(to);
}
