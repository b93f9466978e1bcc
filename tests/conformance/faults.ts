/**
 * Cells of ours that are not well: one by one where nothing explains them, by their
 * explanations where something does.
 *
 * @module
 */
import { type Column, explain, knownFaultOf, stateOf } from "./explain.ts";
import { type CaseResult, isFine } from "./result.ts";

/** Cells of one target with one explanation. */
export interface ExplainedCells {
  readonly target: string;
  readonly what: string;
  /** The report; none for what only the control shows. */
  readonly link: string;
  readonly ids: readonly string[];
}

const ours = (matrix: readonly Column[]): readonly Column[] =>
  matrix.filter(({ target }) => target.isOurs);

/** A cell that is not well. */
export interface BadCell {
  readonly target: string;
  /** None of a target that gave no results at all. */
  readonly result?: CaseResult;
}

/** The faults that nothing explains. */
export function badCells(matrix: readonly Column[]): readonly BadCell[] {
  return ours(matrix).flatMap((column): BadCell[] => {
    const { target: { name: target }, results } = column;
    if (results.length === 0) return [{ target }];
    return results.filter((result) => stateOf(column, result, matrix) === "bad")
      .map((result) => ({ target, result }));
  });
}

/** A fault in words. */
export function formatBad({ target, result }: BadCell): string {
  return result === undefined ? `${target}: no results` : `${target} ${describe(target, result)}`;
}

/** The faults that nothing explains, in words. */
export function listBad(matrix: readonly Column[]): readonly string[] {
  return badCells(matrix).map(formatBad);
}

function describe(target: string, result: CaseResult): string {
  const { id, title, behavior, close, why } = result;
  const cause = isFine(result) ? `is well again: ${knownFaultOf(target, result)?.link}` : why;
  return withoutTags(`${id} ${behavior}, close ${close}: ${shortTitle(title)}: ${cause}`);
}

/** Some of Autobahn's titles go on and on. */
const MOST_OF_TITLE = 120;

/** A title that fits into a line. */
export function shortTitle(title: string): string {
  return withoutTags(title).slice(0, MOST_OF_TITLE);
}

/** A text of Autobahn's without its HTML. */
export function withoutTags(text: string): string {
  return text.replace(/<[^>]*>/g, " ").replace(/ {2,}/g, " ");
}

/** The faults that something explains. */
export function groupExplained(matrix: readonly Column[]): readonly ExplainedCells[] {
  return ours(matrix).flatMap((column) => {
    const { name, standsOn } = column.target;
    const groups = new Map<string, { what: string; link: string; ids: string[] }>();
    for (const result of column.results.filter((each) => !isFine(each))) {
      const explanation = explain(column, result, matrix);
      if (explanation === undefined) continue;
      const { what, link, isReported } = explanation;
      const key = isReported ? what : `as ${standsOn} does in the same run; no report is known`;
      const group = groups.get(key) ?? { what: key, link: isReported ? link : "", ids: [] };
      group.ids.push(result.id);
      groups.set(key, group);
    }
    return [...groups.values()].map((group) => ({ target: name, ...group }));
  });
}
