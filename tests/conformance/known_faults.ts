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
  /** Cases, by the beginning of their titles. */
  readonly cases: readonly string[];
  /** What the runtime does, in a sentence. */
  readonly what: string;
  /** Where it is reported. */
  readonly link: string;
}

/** The table. */
export const KNOWN_FAULTS: readonly KnownFault[] = [
  {
    targets: ["server deno http"],
    cases: ["takes a tab behind a value"],
    what: "The llhttp 9.4.1 of Deno 2.9.6 does not take Upgrade with a tab behind it; 9.4.2 does.",
    link: "https://github.com/nodejs/llhttp/pull/866",
  },
];

/** The fault that explains a cell, if there is one. */
export function faultOf(target: string, title: string): KnownFault | undefined {
  return KNOWN_FAULTS.find(({ targets, cases }) =>
    targets.includes(target) && cases.some((beginning) => title.startsWith(beginning))
  );
}
