/**
 * Faults of runtimes that cells show, each with its report.
 *
 * @module
 */

/** A fault of a runtime. */
export interface Fault {
  /** Targets, by name. */
  readonly targets: readonly string[];
  /** Cases, by the beginning of their titles or by ids (`6.4` means all of 6.4). */
  readonly cases: readonly string[];
  /** What the runtime does, in a sentence. */
  readonly what: string;
  /** Where it is reported. */
  readonly link: string;
}

/**
 * Cells of ours that a runtime's fault makes impossible. A cell that is well again must go
 * from here, or the run fails. Of targets that stand on a control only faults that are
 * reported need to be here: the control shows the others.
 */
export const KNOWN_FAULTS: readonly Fault[] = [
  {
    targets: ["server deno http", "server deno mount"],
    cases: ["takes a tab behind a value"],
    what: "The llhttp 9.4.1 of Deno 2.9.6 does not take Upgrade with a tab behind it; 9.4.2 does.",
    link: "https://github.com/nodejs/llhttp/pull/866",
  },
];
