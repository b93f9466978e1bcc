/**
 * The time limit of all opening handshakes of a server, with a single timer. A timer for each would
 * cost 1 to 10 µs, a twentieth of a handshake.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";

/** An object with a time limit. */
export interface Expirable {
  /** Called when its time is up. */
  timeOut(): void;
}

/** The pending entries, oldest first. All of them have the same time limit. */
export class Deadlines<Entry extends Expirable> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #ends = new Map<Entry, number>();
  #timer: TimerId = null;

  /** Each entry has `timeoutMs` milliseconds. */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Number of pending entries. */
  get size(): number {
    return this.#ends.size;
  }

  [Symbol.iterator](): IterableIterator<Entry> {
    return this.#ends.keys();
  }

  /** Adds an entry; its time starts now. */
  add(entry: Entry): void {
    this.#ends.set(entry, this.#clock.now() + this.#timeoutMs);
    if (this.#timer === null && this.#timeoutMs !== Infinity) this.#wake(this.#timeoutMs);
  }

  /**
   * Removes an entry that ended in time. The timer keeps running, because the next entry can use
   * it.
   */
  delete(entry: Entry): void {
    this.#ends.delete(entry);
  }

  /** Stops the timer, because no further entry will come. */
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
