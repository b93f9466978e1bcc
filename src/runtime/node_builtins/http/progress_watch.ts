/**
 * Finds out that a client has stopped in the middle of a request's body, or takes no more of a
 * response. Either would hold a connection and a call of `fetch` for ever.
 *
 * @module
 */
import { systemClock, type TimerId } from "../../../clock.ts";
import { isFastEnough } from "../../../connection/limits.ts";

/** Milliseconds in which a client takes hardly anything of a response: as for the output of a WebSocket. */
const MOST_STALLED_MS = 40_000;

/** The client, as the watch sees it. */
export interface Watched {
  /** A body is under way. */
  isSending(): boolean;
  /** We do not read it. */
  isHeld(): boolean;
  /** Output waits for the client. */
  isTaking(): boolean;
  /** Bytes of the output that it has taken so far. */
  takenBytes(): number;
  onStalled(): void;
}

/** Looks at a client once in each period, while there is anything to wait for. */
export class ProgressWatch {
  readonly #periodMs: number;
  readonly #watched: Watched;
  #timer: TimerId = null;
  #came = 0;
  #taken = 0;
  #wasHeld = false;
  #stalledMs = 0;

  constructor(periodMs: number, watched: Watched) {
    this.#periodMs = periodMs;
    this.#watched = watched;
  }

  /** Begins, unless it is at work. */
  start(): void {
    if (this.#timer !== null || this.#periodMs === Infinity) return;
    this.#stalledMs = 0;
    this.#begin();
  }

  /** So much of a body came. */
  add(bytes: number): void {
    this.#came += bytes;
  }

  /** We have stopped reading: the silence of this period is our own. */
  hold(): void {
    this.#wasHeld = true;
  }

  stop(): void {
    systemClock.clear(this.#timer);
    this.#timer = null;
  }

  #begin(): void {
    this.#came = 0;
    this.#taken = this.#watched.takenBytes();
    this.#wasHeld = this.#watched.isHeld();
    this.#timer = systemClock.after(this.#periodMs, () => this.#look());
  }

  #look(): void {
    this.#timer = null;
    const { isSending, isTaking, takenBytes, onStalled } = this.#watched, ms = this.#periodMs;
    if (isSending() && !this.#wasHeld && !isFastEnough(this.#came, ms)) return onStalled();
    const isSlow = isTaking() && !isFastEnough(takenBytes() - this.#taken, ms);
    this.#stalledMs = isSlow ? this.#stalledMs + ms : 0;
    if (this.#stalledMs >= MOST_STALLED_MS) return onStalled();
    if (isSending() || isTaking()) this.#begin();
  }
}
