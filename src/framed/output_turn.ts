/**
 * When that is written which is sent outside of a chunk: soon, and with what follows closely.
 *
 * @module
 */

/** Runs a callback soon, after the code that is running now and what it has set in motion. */
export type Schedule = (callback: () => void) => void;

/** How much is gathered. */
export interface OutputTurnOptions {
  readonly schedule: Schedule;
  /** All is written when so many callbacks of `schedule` in a row have seen no new output. */
  readonly idleTicks: number;
}

/**
 * The time from a send to the write. An answer to a chunk is likely to be the only one, and is
 * written in the next microtask; `schedule` costs Node a microsecond. Where a send has followed on
 * another, more will, and all of them wait for `schedule`.
 */
export class OutputTurn {
  readonly #options: OutputTurnOptions;
  readonly #onDue: () => void;
  #isScheduled = false;
  #restTurns = 0; // without new output until all is written
  #sends = 0; // since the write was scheduled
  #gathers = false; // more sends are waited for
  #hasHeard = false; // a chunk came since a write was scheduled last
  #isAnswer = false; // it had come before the one that is scheduled
  readonly #tick = (): void => {
    if (--this.#restTurns > 0) return this.#options.schedule(this.#tick);
    this.#isScheduled = false;
    if (this.#isAnswer) this.#gathers = this.#sends > 1;
    this.#onDue();
  };

  constructor(options: OutputTurnOptions, onDue: () => void) {
    this.#options = options;
    this.#onDue = onDue;
  }

  /** Whether a write will follow. */
  get isScheduled(): boolean {
    return this.#isScheduled;
  }

  /** A chunk has come: what is sent next may be the answer. */
  heard(): void {
    this.#hasHeard = true;
  }

  /** Something is sent for which a write is scheduled. */
  sent(): void {
    this.#sends++;
    this.#restTurns = this.#gathers ? this.#options.idleTicks : 1;
  }

  /** Schedules the write, unless it is. */
  begin(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#sends = 0;
    this.#isAnswer = this.#hasHeard;
    this.#hasHeard = false;
    if (!this.#isAnswer) this.#gathers = true;
    (this.#gathers ? this.#options.schedule : queueMicrotask)(this.#tick);
  }
}
