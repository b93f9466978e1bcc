/**
 * Targets of ours with a cell that is not well are tried once more, each with the control that it
 * stands on. Two cores are shared by a peer, a driver and four targets: a deadline of a case, or a
 * control that is a race, can fail once. What fails twice counts; what fails once is still told.
 *
 * @module
 */
import { type Column, isClean } from "../../tests/conformance/explain.ts";
import { type BadCell, badCells, listBad } from "../../tests/conformance/faults.ts";
import { selectTargets } from "../../tests/conformance/select.ts";
import type { Target } from "../../tests/conformance/targets.ts";

/** The targets to try once more; more than a few are no chance, and are left as they are. */
export function selectAgain(
  targets: readonly Target[],
  columns: readonly Column[],
): readonly Target[] {
  const names = columns.filter((column) => column.target.isOurs && !isWell(column, columns))
    .map(({ target }) => target.name);
  if (names.length > MOST_AGAIN) return [];
  return names.length === 0 ? [] : selectTargets(targets, names);
}

/** At most so many targets are tried again: a minute and a half at four a time. */
const MOST_AGAIN = 6;

const isWell = (column: Column, columns: readonly Column[]): boolean =>
  isClean([column, ...columns.filter(({ target }) => !target.isOurs)]);

/** The cells that were not well at the first try, in words. */
export function formatFirst(columns: readonly Column[]): string {
  return ["Not well at the first try:", ...listBad(columns)].join("\n");
}

/**
 * The cells that were well at neither try, as the second one found them. A try without results
 * had no cell that was well.
 */
export function badTwice(
  first: readonly Column[],
  second: readonly Column[],
): readonly BadCell[] {
  const before = badCells(first);
  return badCells(second).filter(({ target, result }) =>
    before.some((cell) => cell.target === target && isSame(cell.result, result))
  );
}

const isSame = (one: BadCell["result"], other: BadCell["result"]): boolean =>
  one === undefined || other === undefined || one.id === other.id;
