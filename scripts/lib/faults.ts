/**
 * Faults that a long run of checks has found, told at its end. Without it the first one
 * would hide all others.
 *
 * @module
 */

/** Collects faults. */
export class Faults {
  readonly #texts: string[] = [];

  /** How many there are. */
  get count(): number {
    return this.#texts.length;
  }

  /** Notes a fault; gives the word for a table. */
  note(what: string, error: unknown): "FAILED" {
    this.#texts.push(`---- ${what}\n${error instanceof Error ? error.message : error}`);
    return "FAILED";
  }

  /** The step's result, or a note of why there is none. */
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
