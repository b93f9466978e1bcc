/**
 * Messages that come twice. A publisher that did not hear whether the engine has a message
 * publishes it again, and an engine that was killed may have forgotten that it has it.
 *
 * @module
 */

/** Recognises a message that has come before. It keeps one number for each publishing process. */
export class Once {
  readonly #last = new Map<string, number>(); // sequence, by origin

  /** Whether a message has not come before. Those of one origin come in order. */
  isNew({ origin, sequence }: { readonly origin: string; readonly sequence: number }): boolean {
    if ((this.#last.get(origin) ?? 0) >= sequence) return false;
    this.#last.set(origin, sequence);
    return true;
  }
}

/** Names a message, the same in all processes. */
export function idOf({ origin, sequence }: { origin: string; sequence: number }): string {
  return `${origin}:${sequence}`;
}

/** Reads what `idOf` has made; `null` if it is none. */
export function readId(id: unknown): { origin: string; sequence: number } | null {
  if (typeof id !== "string") return null;
  const colon = id.lastIndexOf(":"), sequence = Number(id.slice(colon + 1));
  return colon > 0 && Number.isSafeInteger(sequence)
    ? { origin: id.slice(0, colon), sequence }
    : null;
}
