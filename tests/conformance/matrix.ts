/**
 * The matrix: how the cases of each section went on each target, as rows of text.
 *
 * @module
 */
import type { Column } from "./explain.ts";
import { groupExplained, listBad } from "./faults.ts";
import { type Behavior, type CaseResult, isFine, sectionOf } from "./result.ts";

/** The meanings of the numbers, and their letters. */
const LETTERS: Readonly<Record<Behavior, string>> = {
  OK: "",
  INFORMATIONAL: "i",
  "NON-STRICT": "n",
  UNIMPLEMENTED: "u",
  FAILED: "F",
  ERROR: "E",
};
const BAD_CLOSE = "c";

/** The meanings of the letters. */
export const LEGEND =
  "Numbers are cases that are OK; i INFORMATIONAL, n NON-STRICT, u UNIMPLEMENTED, F FAILED, " +
  "E ERROR, c not closed as it should be (OK otherwise).";

/** All sections, in the order of the columns' results. */
function sectionsOf(matrix: readonly Column[]): readonly string[] {
  const all = new Set(matrix.flatMap(({ results }) => results.map(({ id }) => sectionOf(id))));
  const isOwn = (section: string) => Number.isNaN(Number(section));
  return [
    ...[...all].filter((section) => !isOwn(section)).sort((a, b) => Number(a) - Number(b)),
    ...[...all].filter(isOwn),
  ];
}

/** The letter of one cell; none for OK. */
export function letterOf(result: CaseResult): string {
  return result.behavior === "OK" && !isFine(result) ? BAD_CLOSE : LETTERS[result.behavior];
}

/** `48`, or `45 2n 1F`. */
function count(results: readonly CaseResult[]): string {
  if (results.length === 0) return "-";
  const letters = results.map(letterOf);
  return [...Object.values(LETTERS), BAD_CLOSE].flatMap((letter) => {
    const number = letters.filter((each) => each === letter).length;
    return number > 0 ? [`${number}${letter}`] : [];
  }).join(" ");
}

/** How connections were closed: `513 OK, 2 UNCLEAN`. */
export function countCloses(results: readonly CaseResult[]): string {
  const closes = results.map(({ close }) => close);
  return [...new Set(closes)].sort().map((close) =>
    `${closes.filter((each) => each === close).length} ${close}`
  ).join(", ");
}

/** Targets by sections; the first row says which. */
export function rowsOf(matrix: readonly Column[]): readonly (readonly string[])[] {
  const sections = sectionsOf(matrix);
  return [
    ["target", ...sections, "all"],
    ...matrix.map(({ target, results }) => [
      target.name,
      ...sections.map((section) => count(results.filter(({ id }) => sectionOf(id) === section))),
      count(results),
    ]),
  ];
}

/** The matrix as text, and what is wrong. */
export function formatMatrix(matrix: readonly Column[]): string {
  const rows = rowsOf(matrix);
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const table = rows.map((row) =>
    row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd()
  );
  const closes = matrix.map(({ target, results }) => `${target.name}: ${countCloses(results)}`);
  return [
    ...table,
    "",
    LEGEND,
    "",
    "Closed:",
    ...closes,
    ...withTitle(
      "Explained:",
      groupExplained(matrix).map(({ target, ids, what, link }) =>
        `${target}: ${shorten(ids)}: ${what} ${link}`
      ),
    ),
    ...withTitle("Not well:", listBad(matrix)),
  ].join("\n");
}

function withTitle(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

/** `6.4.1, 6.4.2`, or the first and the number of many. */
export function shorten(ids: readonly string[]): string {
  if (ids.length <= 12) return ids.join(", ");
  return `${ids.slice(0, 10).join(", ")} and ${ids.length - 10} more`;
}
