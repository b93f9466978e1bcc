/**
 * Whether gathering pays: in some programs connections take turns to send, each a little and
 * many times in a turn; in most, each sends once.
 *
 * @module
 */
import type { Transport } from "../transport/transport.ts";

/** Learns from one turn what is likely in the next. */
export class OutputHabit {
  #first: Transport | null = null; // who sent first in this turn
  readonly #others = new Set<Transport>(); // and who after
  #returns = 0;
  #comesBack = false;

  /** Whether connections that have sent are likely to send again in this turn. */
  get comesBack(): boolean {
    return this.#comesBack;
  }

  /** A connection begins to send, which it may do many times in a turn. */
  noteSender(transport: Transport): void {
    if (this.#first === null) this.#first = transport;
    else if (this.#first === transport || this.#others.has(transport)) this.#returns++;
    else this.#others.add(transport);
  }

  /** The turn is over: if in it connections came back, they are likely to do so in the next. */
  endTick(): void {
    this.#comesBack = this.#returns > this.#others.size + 1;
    this.#returns = 0;
    this.#first = null;
    if (this.#others.size > 0) this.#others.clear(); // which costs up to 0.5 µs on Bun, also when empty
  }
}
