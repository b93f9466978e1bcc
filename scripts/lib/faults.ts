/**
 * Faults that a long run of checks has found, printed at its end. Without it the run would stop at
 * the first one, and hide all others.
 *
 * @module
 */

/** A list of faults. */
export class Faults {
  readonly #texts: string[] = [];

  /** How many there are. */
  get count(): number {
    return this.#texts.length;
  }

  /** Adds a fault. Returns the word for a table. */
  note(what: string, error: unknown): "FAILED" {
    this.#texts.push(`---- ${what}\n${error instanceof Error ? error.message : error}`);
    return "FAILED";
  }

  /** Runs a step. Returns its result; if it throws, adds a fault. */
  async attempt(what: string, step: () => Promise<string>): Promise<string> {
    try {
      return await step();
    } catch (error) {
      return this.note(what, error);
    }
  }

  /** Prints all of them. */
  print(): void {
    for (const text of this.#texts) console.error(text);
  }
}
