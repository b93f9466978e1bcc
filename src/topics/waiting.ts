/**
 * Messages that wait for a receiver which does not keep up.
 *
 * @module
 */
import type { Publication } from "./publication.ts";

/** Messages in the order in which they were published, bounded: what is too much is left out. */
export class Waiting {
  // By the key of the message, or by a number where every message counts. A `Map` keeps the order.
  readonly #messages = new Map<string | number, Publication>();
  readonly #most: number;
  readonly #keyOf: ((publication: Publication) => string) | null;
  #next = 0;

  /** With `keyOf`, a message takes the place of an older one with the same key. */
  constructor(most: number, keyOf: ((publication: Publication) => string) | null) {
    this.#most = most;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Takes a message behind all others. Gives the one that is left out for it, or `null`. */
  add(publication: Publication): Publication | null {
    const key = this.#keyOf === null ? this.#next++ : this.#keyOf(publication);
    const replaced = this.#messages.get(key) ?? null;
    this.#messages.delete(key); // the new one goes to the end
    this.#messages.set(key, publication);
    return this.#messages.size > this.#most ? this.take() : replaced;
  }

  /** Gives the oldest. */
  take(): Publication | null {
    for (const [key, publication] of this.#messages) {
      this.#messages.delete(key);
      return publication;
    }
    return null;
  }

  /** Leaves out all of them. */
  clear(): void {
    this.#messages.clear();
  }
}
