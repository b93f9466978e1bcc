/**
 * One read that waits for the peer, with its timeout and its signal.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";

/**
 * The kinds of reads. A `"step"` is one step of `for await`: a message in an iterator's result
 * object.
 */
export type ReadKind = "message" | "step" | "fragment" | "stream";

/** A pending read. */
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

  /** Sets the timeout and the signal; `onFail` is called before either rejects the promise. */
  limit(timeoutMs: number, signal: AbortSignal | undefined, onFail: () => void): void {
    const fail = (reason: unknown): void => {
      onFail();
      this.reject(reason);
    };
    if (timeoutMs !== Infinity) {
      this.#timer = this.#clock.after(timeoutMs, () => fail(timeoutError(timeoutMs)));
    }
    if (signal === undefined) return;
    this.#signal = signal;
    this.#onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", this.#onAbort);
  }

  /** Fulfils the read. */
  resolve(value: T | null): void {
    this.#release();
    this.#resolve(value);
  }

  /** Rejects the read. */
  reject(reason: unknown): void {
    this.#release();
    this.#reject(reason);
  }

  #release(): void {
    if (this.#timer !== null) this.#clock.clear(this.#timer);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}

function timeoutError(timeoutMs: number): DOMException {
  return new DOMException(`read: no message within ${timeoutMs} ms`, "TimeoutError");
}
