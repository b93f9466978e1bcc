/**
 * Calls about one name, one after the other. An engine takes a moment to subscribe, and the last
 * subscriber may leave within it: an `unsubscribe` that overtook would leave the topic subscribed
 * for good.
 *
 * @module
 */

/** Runs the calls of each name in order. A name costs nothing while no call is under way. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs a call after all earlier ones of the name: at once if there is none. */
  run(name: string, call: () => Promise<void>): Promise<void> {
    const before = this.#last.get(name);
    const result = before === undefined ? call() : before.then(call);
    const settled: Promise<void> = result.catch(() => {}).then(() => {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    });
    this.#last.set(name, settled);
    return result;
  }
}
