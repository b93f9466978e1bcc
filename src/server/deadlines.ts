/**
 * The time limit of all opening handshakes of a server with one timer: one for each would
 * cost 1 to 10 µs, a twentieth of a handshake.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";

/** Something that has to be over in time. */
export interface Expirable {
  /** It is not. */
  timeOut(): void;
}

/** What is under way, oldest first; all of it has the same time. */
export class Deadlines<Entry extends Expirable> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #ends = new Map<Entry, number>();
  #timer: TimerId = null;

  /** Of `timeoutMs` milliseconds each. */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** How many there are. */
  get size(): number {
    return this.#ends.size;
  }

  [Symbol.iterator](): IterableIterator<Entry> {
    return this.#ends.keys();
  }

  /** Begins to count. */
  add(entry: Entry): void {
    this.#ends.set(entry, this.#clock.now() + this.#timeoutMs);
    if (this.#timer === null && this.#timeoutMs !== Infinity) this.#wake(this.#timeoutMs);
  }

  /** It is over in time. The timer runs on: a next one is likely to come, and may use it. */
  delete(entry: Entry): void {
    this.#ends.delete(entry);
  }

  /** Stops the timer, when no more will come. */
  stop(): void {
    if (this.#timer !== null) this.#clock.clear(this.#timer);
    this.#timer = null;
  }

  #wake(ms: number): void {
    this.#timer = this.#clock.after(ms, () => this.#check());
  }

  #check(): void {
    this.#timer = null;
    const now = this.#clock.now();
    for (const [entry, end] of this.#ends) {
      if (end > now) return this.#wake(end - now);
      this.#ends.delete(entry);
      entry.timeOut();
    }
  }
}
