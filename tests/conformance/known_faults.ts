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
  /** The behaviour of the runtime, in a sentence. */
  readonly what: string;
  /** Where it is reported; `""` for what only controls have shown so far. */
  readonly link: string;
  /** Whether it is a race, so that a cell may also be well. Default: it never is. */
  readonly isRace?: true;
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
  {
    targets: ["client bun web"],
    cases: ["cve.4"],
    what: "Bun 1.4.5's own client, when it closes while its peer floods it, sometimes drops TCP " +
      "before its Close is out; `client bun native` does so now and then too.",
    link: "",
    isRace: true,
  },
  {
    targets: ["client node24 web"],
    cases: ["cve.4"],
    what:
      "The client of Node 24.22 (undici 7.30) fails a connection with a Close, and destroys its socket " +
      "at once. If bytes of a flood are unread then, the system resets TCP, which can overtake the " +
      "Close. `client node24 native` does so too, once in sixteen tries, and more often under load.",
    link: "",
    isRace: true,
  },
  {
    targets: ["server deno h2-haproxy", "server bun h2-haproxy", "server node24 h2-haproxy"],
    cases: ["cve.3", "cve.4"],
    what:
      "HAProxy 2.6 closes the client's TCP connection when the server has ended the stream; if the flood " +
      "is not read to its end then, TCP's reset can overtake the Close.",
    link: "",
    isRace: true,
  },
];
