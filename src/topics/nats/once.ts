/**
 * Messages that are in a stream twice. JetStream leaves out what comes again within two minutes,
 * but a server that was killed may have forgotten what it has.
 *
 * @module
 */
import type { Relayed } from "../backplane.ts";

/** Recognises a message that has come before. */
export class Once {
  readonly #last = new Map<string, number>(); // sequence, by origin

  /** Whether a message has not come before. Those of one origin come in order. */
  isNew({ origin, sequence }: Relayed): boolean {
    if ((this.#last.get(origin) ?? 0) >= sequence) return false;
    this.#last.set(origin, sequence);
    return true;
  }
}
