/**
 * One read that waits for the peer, with its timeout and its signal.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";

/** What is asked for; a step of `for await` is a message with the iterator's wrapping. */
export type ReadKind = "message" | "step" | "fragment" | "stream";

/** A read nobody has answered yet. */
export class ReadWait<T> {
  readonly kind: ReadKind;
  readonly promise: Promise<T | null>;
  readonly #clock: Clock;
  #resolve!: (value: T | null) => void;
  #reject!: (reason: unknown) => void;
  #timer: TimerId = null;
  #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;

  constructor(kind: ReadKind, clock: Clock) {
    this.kind = kind;
    this.#clock = clock;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Sets the timeout and the signal; `onGiveUp` is called before the promise is rejected by either. */
  limit(timeoutMs: number, signal: AbortSignal | undefined, onGiveUp: () => void): void {
    const giveUp = (reason: unknown): void => {
      onGiveUp();
      this.reject(reason);
    };
    if (timeoutMs !== Infinity) {
      this.#timer = this.#clock.after(timeoutMs, () => giveUp(timeoutError(timeoutMs)));
    }
    if (signal === undefined) return;
    this.#signal = signal;
    this.#onAbort = () => giveUp(signal.reason);
    signal.addEventListener("abort", this.#onAbort);
  }

  /** Answers the read. */
  resolve(value: T | null): void {
    this.#stop();
    this.#resolve(value);
  }

  /** Refuses the read. */
  reject(reason: unknown): void {
    this.#stop();
    this.#reject(reason);
  }

  #stop(): void {
    if (this.#timer !== null) this.#clock.clear(this.#timer);
    if (this.#onAbort !== undefined) this.#signal!.removeEventListener("abort", this.#onAbort);
  }
}

/** What a read with a timeout that is none is rejected with. */
export function wrongTimeout(timeoutMs: number): RangeError {
  return new RangeError(
    `read: timeoutMs must be at least 0 (Infinity for none), not ${String(timeoutMs)}`,
  );
}

function timeoutError(timeoutMs: number): DOMException {
  return new DOMException(`read: no message within ${timeoutMs} ms`, "TimeoutError");
}
