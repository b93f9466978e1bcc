/**
 * How a connection ends: who decided it, and by when it has to be over.
 *
 * @module
 */
import type { CloseInfo } from "../handler.ts";
import type { Clock, TimerId } from "../clock.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { WebSocketError, type WebSocketErrorCode } from "../errors.ts";
import { defer, type Deferred } from "../promises.ts";

/** The Close that we sent first, and why. */
export interface OwnClose {
  readonly code: number;
  readonly reason: string;
  readonly cause?: unknown;
}

/** The end of one connection, made when it comes near. The first decision about it stands. */
export class Closing {
  /** Set once we have sent Close before the peer. */
  own: OwnClose | null = null;
  /** Time to answer what came before a broken rule. */
  grace: "given" | "over" | null = null;
  readonly #clock: Clock;
  #info: CloseInfo | (() => CloseInfo) | null = null;
  #closed: Deferred<CloseInfo> | null = null;
  #timer: TimerId = null;
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What was decided so far. */
  get info(): CloseInfo | null {
    const info = this.#info;
    return typeof info === "function" ? this.#info = info() : info;
  }

  /** Fulfilled when it is over. */
  get closed(): Promise<CloseInfo> {
    this.#closed ??= defer();
    if (this.#isOver) this.#closed.resolve(this.info!);
    return this.#closed.promise;
  }

  /** Decides how the connection has ended, unless that is decided. */
  decide(info: CloseInfo): void {
    this.#info ??= info;
  }

  /** Decides for an end without Close frames. An error costs 10 µs: it is made when somebody looks. */
  decideAbnormal(
    initiator: "local" | "transport",
    code: WebSocketErrorCode,
    why: string,
    cause?: unknown,
  ): void {
    this.#info ??= () => ({
      code: CloseCode.AbnormalClosure,
      reason: "",
      wasClean: false,
      initiator,
      cause: new WebSocketError(code, why, cause === undefined ? {} : { cause }),
    });
  }

  /** Calls back if it is not over by then. Only the first call counts. */
  limit(timeoutMs: number, onTimeout: () => void): void {
    if (this.#timer !== null || this.#isOver || timeoutMs === Infinity) return;
    this.#timer = this.#clock.after(timeoutMs, onTimeout);
  }

  /** The transport is gone. */
  finish(): void {
    this.#isOver = true;
    if (this.#timer !== null) this.#clock.clear(this.#timer);
    this.#closed?.resolve(this.info!);
  }
}
