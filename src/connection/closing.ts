/**
 * The end of one connection: its `CloseInfo`, the promise `closed`, and the close timeout.
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

/** Details of one ending that are not in its row of {@linkcode ENDINGS}. */
export interface EndingDetails {
  /** Code of the Close frame or of the broken rule. Rows with an `error` have 1006. */
  readonly code?: number;
  /** Reason of the Close frame; in rows with an `error` the message of that error. */
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * The end of one connection. It is made when the connection begins to end. The first decision is
 * final.
 */
export class Closing implements FailureDelay {
  /**
   * Our Close, if it was sent before the peer's Close arrived. It becomes the ending when the peer
   * answers it.
   */
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

  /** Decides the ending, unless one was decided before. */
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
      // The error is made on access, because making one costs 10 µs and few callers read it.
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
   * Calls `goesOn` after `timeoutMs`, and again after each `true`, until `finish` is called. Only
   * the first call of `limit` has an effect.
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
