/**
 * Detects clients that stop in the middle of a request's body or take no more of a response. Such a
 * client would hold a connection and a call of `fetch` for ever.
 *
 * @module
 */
import { systemClock, type TimerId } from "../../../clock.ts";
import { isFastEnough } from "../../../connection/limits.ts";

/**
 * Milliseconds in which a client must take at least a little of a response, as of the output of a
 * WebSocket.
 */
const MOST_STALLED_MS = 40_000;

/** The methods of a client that the watch calls. */
export interface Watched {
  /** Whether the client is sending a body. */
  isSending(): boolean;
  /** Whether this side has stopped reading. */
  isPaused(): boolean;
  /** Whether output waits for the client. */
  hasOutput(): boolean;
  /** Bytes of output that the client has taken so far. */
  takenBytes(): number;
  onStalled(): void;
}

/** Checks a client once in each period, while a body or output is pending. */
export class ProgressWatch {
  readonly #periodMs: number;
  readonly #watched: Watched;
  #timer: TimerId = null;
  #came = 0;
  #taken = 0;
  #wasPaused = false;
  #stalledMs = 0;

  constructor(periodMs: number, watched: Watched) {
    this.#periodMs = periodMs;
    this.#watched = watched;
  }

  /** Starts the checks, unless they are running. */
  start(): void {
    if (this.#timer !== null || this.#periodMs === Infinity) return;
    this.#stalledMs = 0;
    this.#begin();
  }

  /** This many bytes of a body arrived. */
  add(bytes: number): void {
    this.#came += bytes;
  }

  /** This side has stopped reading, so the client's silence in this period does not count. */
  hold(): void {
    this.#wasPaused = true;
  }

  stop(): void {
    systemClock.clear(this.#timer);
    this.#timer = null;
  }

  #begin(): void {
    this.#came = 0;
    this.#taken = this.#watched.takenBytes();
    this.#wasPaused = this.#watched.isPaused();
    this.#timer = systemClock.after(this.#periodMs, () => this.#look());
  }

  #look(): void {
    this.#timer = null;
    const { isSending, hasOutput, takenBytes, onStalled } = this.#watched, ms = this.#periodMs;
    if (isSending() && !this.#wasPaused && !isFastEnough(this.#came, ms)) return onStalled();
    const isSlow = hasOutput() && !isFastEnough(takenBytes() - this.#taken, ms);
    this.#stalledMs = isSlow ? this.#stalledMs + ms : 0;
    if (this.#stalledMs >= MOST_STALLED_MS) return onStalled();
    if (isSending() || hasOutput()) this.#begin();
  }
}
