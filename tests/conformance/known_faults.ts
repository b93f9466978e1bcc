/**
 * Cells of ours that a runtime's own fault makes impossible, each with its report. A cell
 * that is well again must go from here, or the run fails.
 *
 * @module
 */

/** A fault of a runtime. */
export interface KnownFault {
  /** Targets, by name. */
  readonly targets: readonly string[];
  /** Cases, by id. */
  readonly cases: readonly string[];
  /** What the runtime does, in a sentence. */
  readonly what: string;
  /** Where it is reported. */
  readonly link: string;
}

/** The table. */
export const KNOWN_FAULTS: readonly KnownFault[] = [];

/** The fault that explains a cell, if there is one. */
export function faultOf(target: string, id: string): KnownFault | undefined {
  return KNOWN_FAULTS.find(({ targets, cases }) => targets.includes(target) && cases.includes(id));
}
