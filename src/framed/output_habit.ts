/**
 * Decides whether gathering output pays. In most programs a connection sends once in a turn. In
 * some, connections alternate, and each sends a little many times in a turn.
 *
 * @module
 */
import type { Transport } from "../transport/transport.ts";

/** Predicts from one turn how connections will send in the next. */
export class OutputHabit {
  #first: Transport | null = null; // the first connection that sent in this turn
  readonly #others = new Set<Transport>(); // the connections that sent after it
  #returns = 0;
  #comesBack = false;

  /** Whether connections that have sent are likely to send again in this turn. */
  get comesBack(): boolean {
    return this.#comesBack;
  }

  /** A connection begins to send. This may happen several times in a turn. */
  noteSender(transport: Transport): void {
    if (this.#first === null) this.#first = transport;
    else if (this.#first === transport || this.#others.has(transport)) this.#returns++;
    else this.#others.add(transport);
  }

  /**
   * The turn is over. If connections have sent again in it, they are likely to do so in the next
   * turn.
   */
  endTick(): void {
    this.#comesBack = this.#returns > this.#others.size + 1;
    this.#returns = 0;
    this.#first = null;
    // Not when empty, because `clear` costs up to 0.5 µs on Bun.
    if (this.#others.size > 0) this.#others.clear();
  }
}
