/**
 * Recognizes messages that arrive twice. A publisher that did not hear whether the engine has a
 * message publishes it again, and an engine that was killed may have forgotten a message.
 *
 * @module
 */

/**
 * Recognizes a message that has arrived before. It keeps one number for each publishing process.
 */
export class Once {
  readonly #last = new Map<string, number>(); // sequence, by origin

  /** Whether a message arrives for the first time. The messages of one origin arrive in order. */
  isNew({ origin, sequence }: { readonly origin: string; readonly sequence: number }): boolean {
    if ((this.#last.get(origin) ?? 0) >= sequence) return false;
    this.#last.set(origin, sequence);
    return true;
  }
}

/** Makes the name of a message, which is the same in all processes. */
export function idOf({ origin, sequence }: { origin: string; sequence: number }): string {
  return `${origin}:${sequence}`;
}

/** Reads a name that `idOf` has made; `null` for any other value. */
export function readId(id: unknown): { origin: string; sequence: number } | null {
  if (typeof id !== "string") return null;
  const colon = id.lastIndexOf(":"), sequence = Number(id.slice(colon + 1));
  return colon > 0 && Number.isSafeInteger(sequence)
    ? { origin: id.slice(0, colon), sequence }
    : null;
}
