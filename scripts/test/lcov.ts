/**
 * Reads coverage reports in the form of lcov, and adds them up by folder.
 *
 * @module
 */

/** How many there are, and how many of them a test has reached. */
export interface Reached {
  readonly all: number;
  readonly reached: number;
}

/** The coverage of one file or folder. */
export interface Coverage {
  readonly branches: Reached;
  readonly lines: Reached;
}

/**
 * The coverage of each file that `toPath` gives a name; it returns `null` for a file to leave out.
 */
export function readLcov(
  report: string,
  toPath: (file: string) => string | null,
): ReadonlyMap<string, Coverage> {
  const files = new Map<string, Coverage>();
  for (const record of report.split("end_of_record")) {
    const path = toPath(/^SF:(.+)$/m.exec(record)?.[1] ?? "");
    if (path === null) continue;
    const read = (all: string, reached: string): Reached => ({
      all: readNumber(record, all),
      reached: readNumber(record, reached),
    });
    files.set(path, { branches: read("BRF", "BRH"), lines: read("LF", "LH") });
  }
  return files;
}

function readNumber(record: string, key: string): number {
  return Number(new RegExp(`^${key}:(\\d+)$`, "m").exec(record)?.[1] ?? 0);
}

/** The sums of the files in each folder. */
export function sumByFolder(
  files: ReadonlyMap<string, Coverage>,
  folderOf: (path: string) => string,
): ReadonlyMap<string, Coverage> {
  const sums = new Map<string, Coverage>();
  for (const [path, { branches, lines }] of files) {
    const sum = sums.get(folderOf(path)) ?? { branches: NONE, lines: NONE };
    sums.set(folderOf(path), {
      branches: add(sum.branches, branches),
      lines: add(sum.lines, lines),
    });
  }
  return sums;
}

const NONE: Reached = { all: 0, reached: 0 };

function add(one: Reached, other: Reached): Reached {
  return { all: one.all + other.all, reached: one.reached + other.reached };
}

/** A percentage with one digit after the point; `-` if there is nothing to reach. */
export function toPercent({ all, reached }: Reached): string {
  return all === 0 ? "-" : (100 * reached / all).toFixed(1);
}
