/**
 * A queue of messages for a receiver that does not keep up.
 *
 * @module
 */
import type { Publication } from "./publication.ts";

/** A bounded queue in order of publication. It drops the oldest message when it is full. */
export class Waiting {
  // By the key of the message, or by a number if messages have no keys. A `Map` keeps the order.
  readonly #messages = new Map<string | number, Publication>();
  readonly #most: number;
  readonly #keyOf: ((publication: Publication) => string) | null;
  #next = 0;

  /** With `keyOf`, a message replaces an older one with the same key. */
  constructor(most: number, keyOf: ((publication: Publication) => string) | null) {
    this.#most = most;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Adds a message at the end. Returns the message that is dropped for it, or `null`. */
  add(publication: Publication): Publication | null {
    const key = this.#keyOf === null ? this.#next++ : this.#keyOf(publication);
    const replaced = this.#messages.get(key) ?? null;
    this.#messages.delete(key); // so that the new one is at the end
    this.#messages.set(key, publication);
    return this.#messages.size > this.#most ? this.take() : replaced;
  }

  /** Takes the oldest message. */
  take(): Publication | null {
    for (const [key, publication] of this.#messages) {
      this.#messages.delete(key);
      return publication;
    }
    return null;
  }

  /** Drops all messages. */
  clear(): void {
    this.#messages.clear();
  }
}
