/**
 * Messages that wait for a receiver that does not keep up.
 *
 * @module
 */
import type { Publication } from "./publication.ts";

/** Messages in order of publication. When it is full, the oldest is dropped. */
export interface Waiting {
  readonly size: number;
  /** Adds a message at the end. Returns the message that is dropped for it, or `null`. */
  add(publication: Publication): Publication | null;
  /** Takes the oldest message. */
  take(): Publication | null;
  /** Drops all messages. */
  clear(): void;
}

/** The places of taken messages are removed when there are this many. */
const MAX_TAKEN = 64;

/** Keeps the newest messages. */
export class NewestMessages implements Waiting {
  readonly #most: number;
  #messages: (Publication | null)[] = [];
  #taken = 0; // at the beginning of `#messages`

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#messages.length - this.#taken;
  }

  add(publication: Publication): Publication | null {
    this.#messages.push(publication);
    return this.size > this.#most ? this.take() : null;
  }

  take(): Publication | null {
    const messages = this.#messages, publication = messages[this.#taken];
    if (publication === undefined) return null;
    messages[this.#taken++] = null;
    if (this.#taken >= MAX_TAKEN && this.#taken >= messages.length / 2) {
      this.#messages = messages.slice(this.#taken);
      this.#taken = 0;
    }
    return publication;
  }

  clear(): void {
    this.#messages = [];
    this.#taken = 0;
  }
}

/** Keeps the newest message of each key. */
export class LatestMessages implements Waiting {
  readonly #most: number;
  readonly #keyOf: (publication: Publication) => string;
  readonly #messages = new Map<string, Publication>(); // a `Map` keeps the order
  #newest: string | null = null; // the key of the last message

  constructor(most: number, keyOf: (publication: Publication) => string) {
    this.#most = most;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#messages.size;
  }

  add(publication: Publication): Publication | null {
    const key = this.#keyOf(publication), messages = this.#messages;
    const replaced = messages.get(key) ?? null;
    // An older one gives up its place, so that the new one is at the end.
    if (replaced !== null && key !== this.#newest) messages.delete(key);
    messages.set(key, publication);
    this.#newest = key;
    return messages.size > this.#most ? this.take() : replaced;
  }

  take(): Publication | null {
    for (const [key, publication] of this.#messages) {
      this.#messages.delete(key);
      return publication;
    }
    return null;
  }

  clear(): void {
    this.#messages.clear();
  }
}
