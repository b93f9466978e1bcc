/**
 * Options of reconnecting, and the report of an attempt.
 *
 * @module
 */
import type { ConnectOptions } from "../client/client.ts";
import type { CloseInfo, SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import type { HeadersSource } from "../handshake/head.ts";
import type { ResumeOutcome } from "../resume/outcome.ts";
import { atLeast } from "../options.ts";

/** An attempt to connect. `onAttempt` is called with it before its delay. */
export interface ReconnectAttempt {
  /**
   * Number of the attempt: 1 for the first attempt after a stable connection, then 2, 3 and so on.
   */
  readonly attempt: number;
  /** Milliseconds of delay before the attempt. 0 for the first connection. */
  readonly delayMs: number;
  /**
   * The reason for the attempt: the error of the last one, or the end of the last connection.
   * `undefined` for the first.
   */
  readonly cause: unknown;
}

/** Options of trying again and giving up. */
export interface ReconnectOptions {
  /**
   * Longest delay before the first attempt after a loss, in milliseconds; each failure in a row
   * doubles it. The delay is drawn between 0 and this (full jitter), so that the clients of a
   * restarted server do not reconnect at the same time.
   *
   * @default {1000}
   */
  firstDelayMs?: number;
  /**
   * Longest delay in milliseconds, at which the doubling ends.
   *
   * @default {30000}
   */
  maxDelayMs?: number;
  /**
   * Milliseconds that a connection has to last before failures are counted from 0 again.
   *
   * @default {10000} A server that accepts and then fails at once is not tried every second.
   */
  stableMs?: number;
  /**
   * Consecutive failures after which it gives up with `ERR_RECONNECT`.
   *
   * @default {Infinity}
   */
  maxAttempts?: number;
  /**
   * Decides whether another attempt makes sense after this cause: the error of an attempt, or the
   * {@linkcode CloseInfo} of a connection. `undefined` leaves the decision to the default, which
   * gives up on statuses 400 to 499 except 408, 425 and 429, on redirects, on answers 200 to 299,
   * on wrong certificates, on wrong options, and on the close codes 1002, 1003, 1007 and 1008.
   */
  shouldRetry?: (cause: unknown) => boolean | undefined | Promise<boolean | undefined>;
  /** Called before each attempt, including the first. */
  onAttempt?: (attempt: ReconnectAttempt) => void;
  /**
   * Called, with `resume`, after each lost connection: tells whether the session continued, and if
   * not, which messages were lost.
   */
  onResume?: (outcome: ResumeOutcome) => void;
}

/**
 * Options of a connection that stays the same object while the underlying connections are replaced.
 */
export interface StableOptions extends ReconnectOptions {
  /**
   * Called with each new connection before queued messages are sent over it. Messages that it sends
   * over that connection go first, for example a token or subscriptions. Its promise is awaited. It
   * cannot be used with `resume`.
   */
  onConnect?: (connection: SendingConnection) => unknown;
  /** Called with the end of each connection, before the attempts to replace it. */
  onDisconnect?: (closing: CloseInfo) => void;
  /**
   * Called once, at the end, with the queued messages that were never sent. It is not called if
   * there are none.
   */
  onUnsent?: (messages: readonly Message[]) => void;
}

/** The options with their defaults filled in. */
export type ResolvedReconnectOptions =
  & Readonly<
    Required<Pick<ReconnectOptions, "firstDelayMs" | "maxDelayMs" | "stableMs" | "maxAttempts">>
  >
  & Readonly<Pick<ReconnectOptions, "shouldRetry" | "onAttempt" | "onResume">>;

/** A value, or a function that returns one for each attempt. */
export type PerAttempt<T> = T | (() => T | Promise<T>);

/**
 * Options of each attempt: those of `connect`, of which some may be functions, for tokens that
 * expire.
 */
export interface AttemptOptions extends Omit<ConnectOptions, "headers" | "protocols"> {
  /**
   * Continues the session of a server's `resumable` handler after a reconnect. Unacknowledged
   * messages are sent again. Each message is delivered once and in order, or `onResume` reports its
   * loss. Unacknowledged messages are kept up to `maxBufferedBytes`.
   *
   * @default {false}
   */
  resume?: boolean;
  /**
   * Header fields of the request, or a function that returns them for each attempt, for example
   * with a new token.
   */
  headers?: PerAttempt<HeadersSource>;
  /** Subprotocols to offer, or a function that returns them for each attempt. */
  protocols?: PerAttempt<string | readonly string[]>;
}

/** The URL to connect to, or a function that returns one for each attempt. */
export type AttemptUrl = PerAttempt<string | URL>;

/** Fills in the defaults. Throws a `RangeError` or `TypeError` that names the invalid option. */
export function resolveReconnectOptions(options: ReconnectOptions): ResolvedReconnectOptions {
  const { shouldRetry, onAttempt, onResume } = options;
  const { firstDelayMs = 1_000, maxDelayMs = 30_000, stableMs = 10_000 } = options;
  const { maxAttempts = Infinity } = options;
  const { onConnect, onDisconnect, onUnsent }: StableOptions = options;
  const callbacks = { shouldRetry, onAttempt, onResume, onConnect, onDisconnect, onUnsent };
  for (const [name, value] of Object.entries(callbacks)) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${name}: must be a function, not ${typeof value}`);
  }
  return {
    firstDelayMs: atLeast(0, "firstDelayMs", firstDelayMs),
    maxDelayMs: atLeast(0, "maxDelayMs", maxDelayMs),
    stableMs: atLeast(0, "stableMs", stableMs),
    maxAttempts: atLeast(1, "maxAttempts", maxAttempts),
    shouldRetry,
    onAttempt,
    onResume,
  };
}

/** Whether a cause is the `CloseInfo` of a connection. */
export function isCloseInfo(cause: unknown): cause is CloseInfo {
  return typeof cause === "object" && cause !== null && "initiator" in cause && "wasClean" in cause;
}
