/**
 * Decides whether gathering output pays. In most programs a connection sends once in a turn. In
 * some, connections alternate, and each sends a little many times in a turn.
 *
 * @module
 */
import type { Transport } from "../transport/transport.ts";

/**
 * After so many turns in a row in which several connections sent once, none is expected to come
 * back. If one was enough, each connection would write its first message alone in the turn after
 * stragglers.
 */
const PATIENCE = 4;

/** Predicts from one turn how connections will send in the next. */
export class OutputHabit {
  #first: Transport | null = null; // the first connection that sent in this turn
  readonly #others = new Set<Transport>(); // the connections that sent after it
  #returns = 0;
  #turnsWithoutReturn = 0; // in a row, of several connections
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
    this.#learn();
    this.#returns = 0;
    this.#first = null;
    // Not when empty, because `clear` costs up to 0.5 µs on Bun.
    if (this.#others.size > 0) this.#others.clear();
  }

  /** A turn in which one connection sent tells nothing. */
  #learn(): void {
    if (this.#returns > this.#others.size + 1) {
      this.#comesBack = true;
      this.#turnsWithoutReturn = 0;
    } else if (this.#others.size > 0 && ++this.#turnsWithoutReturn >= PATIENCE) {
      this.#comesBack = false;
    }
  }
}
