/**
 * Detects messages that are in a stream twice. JetStream drops duplicates within two minutes, but a
 * server that was killed may have lost its list of ids.
 *
 * @module
 */
import type { Relayed } from "../backplane.ts";

/** Recognizes duplicates. */
export class Once {
  readonly #last = new Map<string, number>(); // the last sequence of each origin

  /** Whether a message is new. Messages of one origin arrive in order. */
  isNew({ origin, sequence }: Relayed): boolean {
    if ((this.#last.get(origin) ?? 0) >= sequence) return false;
    this.#last.set(origin, sequence);
    return true;
  }
}
