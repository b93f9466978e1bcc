/**
 * The end of one connection: its `CloseInfo`, the promise of it, and the timeout.
 *
 * @module
 */
import type { CloseInfo } from "../handler.ts";
import type { Clock, TimerId } from "../clock.ts";
import { ABNORMAL_CLOSURE } from "../protocol/close_code.ts";
import type { FailureDelay } from "./framing.ts";
import { WebSocketError } from "../errors.ts";
import { type Deferred, makeDeferred } from "../promises.ts";
import { type EndingName, ENDINGS } from "./endings.ts";

/** Facts of one ending, beside those in its row of {@linkcode ENDINGS}. */
export interface EndingDetails {
  /** Code of the Close frame or of the broken rule. Rows with an `error` have 1006. */
  readonly code?: number;
  /** Reason of the Close frame; in rows with an `error` the message of that error. */
  readonly reason: string;
  readonly cause?: unknown;
}

/** The end of one connection, made when it comes near. The first ending that is decided stands. */
export class Closing implements FailureDelay {
  /** Our Close, if it was sent before the peer's. It counts once the peer has answered it. */
  localClose: (EndingDetails & { readonly code: number }) | null = null;
  failureDelay: FailureDelay["failureDelay"] = "none";
  readonly #clock: Clock;
  #info: CloseInfo | (() => CloseInfo) | null = null;
  #closed: Deferred<CloseInfo> | null = null;
  #timer: TimerId = null;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The ending that was decided, if any. */
  get info(): CloseInfo | null {
    const info = this.#info;
    return typeof info === "function" ? this.#info = info() : info;
  }

  /** Fulfilled by `finish`. */
  get closed(): Promise<CloseInfo> {
    const closed = this.#closed ??= makeDeferred();
    this.#settle();
    return closed.promise;
  }

  /** Decides how the connection has ended, unless that is decided. */
  decide(
    name: EndingName,
    { code = ABNORMAL_CLOSURE, reason, cause }: EndingDetails,
  ): void {
    const { initiator, error } = ENDINGS[name];
    const why = cause === undefined ? {} : { cause };
    if (name === "localClose") this.localClose = { code, reason, ...why };
    else if (error === null) {
      const wasClean = name === "remoteClose";
      const isAnswer = wasClean && this.localClose !== null;
      this.#info ??= { code, reason, wasClean, initiator: isAnswer ? "local" : initiator, ...why };
    } else {
      // A thunk, because an error costs 10 µs and few callers look at it.
      this.#info ??= () => ({
        code,
        reason: "",
        wasClean: false,
        initiator,
        cause: new WebSocketError(error, reason, why),
      });
    }
  }

  /**
   * Asks whether to go on, unless `finish` is called within the time; after a yes it asks again after
   * as long. Only the first call counts.
   */
  limit(timeoutMs: number, goesOn: () => boolean): void {
    if (this.#timer !== null || this.#isClosed || timeoutMs === Infinity) return;
    const ask = (): void => {
      if (goesOn()) this.#timer = this.#clock.after(timeoutMs, ask);
    };
    this.#timer = this.#clock.after(timeoutMs, ask);
  }

  /** The transport is gone. */
  finish(): void {
    this.#isClosed = true;
    if (this.#timer !== null) this.#clock.clear(this.#timer);
    this.#settle();
  }

  #settle(): void {
    const info = this.#isClosed && this.#closed !== null ? this.info : null;
    if (info !== null) this.#closed?.resolve(info);
  }
}
