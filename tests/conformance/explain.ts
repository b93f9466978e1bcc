/**
 * Why a cell of ours that is not well is not ours to mend: a reported fault of the runtime,
 * or the control that the target stands on does the same in the same run.
 *
 * @module
 */
import { type Fault, KNOWN_FAULTS } from "./known_faults.ts";
import { type CaseResult, isFine, pageOf } from "./result.ts";
import type { Target } from "./targets.ts";

/** One target with its results. */
export interface Column {
  readonly target: Pick<Target, "name" | "isOurs" | "standsOn">;
  readonly results: readonly CaseResult[];
}

/** Whose fault a cell is, in a sentence, and where to read of it. */
export interface Explanation {
  readonly what: string;
  /** The fault's report, or where there is none the control's own cell. */
  readonly link: string;
  /** Whether it is a report. */
  readonly isReported: boolean;
}

function covers({ targets, cases }: Fault, target: string, { id, title }: CaseResult): boolean {
  return targets.includes(target) &&
    cases.some((beginning) => title.startsWith(beginning) || isWithin(id, beginning));
}

/** Whether a case is meant by an id or by the beginning of one: `6.4` means `6.4.1`. */
export function isWithin(id: string, beginning: string): boolean {
  const whole = beginning.replace(/\.$/, "");
  return id === whole || id.startsWith(`${whole}.`);
}

/** The runtime's fault that a cell is said to show, well or not. */
export function knownFaultOf(target: string, result: CaseResult): Fault | undefined {
  return KNOWN_FAULTS.find((fault) => covers(fault, target, result));
}

/** The explanation of a cell that is not well, if there is one. */
export function explain(
  { target }: Column,
  result: CaseResult,
  matrix: readonly Column[],
): Explanation | undefined {
  const known = knownFaultOf(target.name, result);
  if (known !== undefined) return { what: known.what, link: known.link, isReported: true };
  const control = matrix.find((column) => column.target.name === target.standsOn);
  const same = control?.results.find(({ id }) => id === result.id);
  if (control === undefined || same === undefined || !isAsBad(same, result)) return undefined;
  const { name } = control.target;
  const what = `${name} does the same: ${same.behavior}, close ${same.close}.`;
  return { what, link: pageOf(name, same), isReported: false };
}

/** The control must do it itself: what ours alone does wrong is not explained by it. */
function isAsBad(control: CaseResult, ours: CaseResult): boolean {
  if (control.isChoice) return true;
  return !isFine(control) && control.behavior === ours.behavior && control.close === ours.close;
}

/** A cell as it counts in the end. */
export type CellState = "fine" | "explained" | "bad";

/**
 * A known fault that does not show any more, and is no race, is as bad as one nobody knows: its
 * entry must go.
 */
export function stateOf(
  column: Column,
  result: CaseResult,
  matrix: readonly Column[],
): CellState {
  if (isFine(result)) {
    const known = knownFaultOf(column.target.name, result);
    return known === undefined || known.isRace === true ? "fine" : "bad";
  }
  return explain(column, result, matrix) === undefined ? "bad" : "explained";
}

/** Whether every cell of ours is well or explained. */
export function isClean(matrix: readonly Column[]): boolean {
  return matrix.filter(({ target }) => target.isOurs).every((column) =>
    column.results.length > 0 &&
    column.results.every((result) => stateOf(column, result, matrix) !== "bad")
  );
}
