/**
 * Options of reconnecting, and what an attempt tells.
 *
 * @module
 */
import type { ConnectOptions } from "../client/client.ts";
import type { CloseInfo, SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import type { HeadersSource } from "../handshake/head.ts";
import type { ResumeOutcome } from "../resume/outcome.ts";
import { atLeast } from "../options.ts";

/** One attempt to connect, as `onAttempt` is told of it before its delay. */
export interface ReconnectAttempt {
  /** 1 for the first attempt since a connection last held, then 2, 3 and so on. */
  readonly attempt: number;
  /** Milliseconds that are waited before the attempt. 0 for the first connection. */
  readonly delayMs: number;
  /** Why the attempt is made: the error of the last one, or how the last connection ended. `undefined` for the first. */
  readonly cause: unknown;
}

/** When to try again, and when to give up. */
export interface ReconnectOptions {
  /**
   * Longest delay before the first attempt after a loss, in milliseconds; each failure in a row
   * doubles it. The delay is drawn between 0 and this (full jitter), so that the clients of a
   * restarted server come back spread out. Default 1,000.
   */
  firstDelayMs?: number;
  /** Where the doubling ends, in milliseconds. Default 30,000. */
  maxDelayMs?: number;
  /**
   * Milliseconds that a connection has to hold before the counting of failures begins anew.
   * Default 10,000: a server that accepts and then fails at once must not be tried every second.
   */
  stableMs?: number;
  /** Failures in a row after which it gives up with `ERR_RECONNECT`. Default `Infinity`. */
  maxAttempts?: number;
  /**
   * Decides whether another attempt makes sense after this cause: the error of an attempt, or the
   * {@linkcode CloseInfo} of a connection. `undefined` leaves the decision to the default, which gives up on
   * statuses 400 to 499 except 408, 425 and 429, on redirects, on answers 200 to 299, on wrong certificates, on
   * wrong options, and on the close codes 1002, 1003, 1007 and 1008.
   */
  shouldRetry?: (cause: unknown) => boolean | undefined | Promise<boolean | undefined>;
  /** Told before each attempt, the first included. */
  onAttempt?: (attempt: ReconnectAttempt) => void;
  /** With `resume`: told after each loss of a connection whether the session went on, and if not, what was lost. */
  onResume?: (outcome: ResumeOutcome) => void;
}

/** Options of a connection that stays the same object while those under it come and go. */
export interface StableOptions extends ReconnectOptions {
  /**
   * Told of each new connection before queued messages are sent over it. What it sends over that
   * connection comes first: a token, or subscriptions. A promise is waited for. Not with `resume`.
   */
  onConnect?: (connection: SendingConnection) => unknown;
  /** Told how a connection ended, before the attempts to replace it. */
  onDisconnect?: (closing: CloseInfo) => void;
  /** Told once, at the end, of the queued messages that no connection was given. Not called if there are none. */
  onUnsent?: (messages: readonly Message[]) => void;
}

/** The options with their defaults filled in. */
export type ResolvedReconnectOptions =
  & Readonly<
    Required<Pick<ReconnectOptions, "firstDelayMs" | "maxDelayMs" | "stableMs" | "maxAttempts">>
  >
  & Readonly<Pick<ReconnectOptions, "shouldRetry" | "onAttempt" | "onResume">>;

/** A value, or a function that gives one for each attempt. */
export type PerAttempt<T> = T | (() => T | Promise<T>);

/** Options of each attempt: those of `connect`, where tokens that expire may come from functions. */
export interface AttemptOptions extends Omit<ConnectOptions, "headers" | "protocols"> {
  /**
   * Goes on with the session of a server's `resumable` handler after a reconnect: what was not acknowledged is sent
   * again, and each message is delivered once and in order, or `onResume` tells of its loss. What is not acknowledged is
   * kept up to `maxBufferedBytes`. Default `false`.
   */
  resume?: boolean;
  /** Header fields of the request, or a function that gives them for each attempt (tokens that expire). */
  headers?: PerAttempt<HeadersSource>;
  /** Subprotocols to offer, or a function that gives them for each attempt. */
  protocols?: PerAttempt<string | readonly string[]>;
}

/** Where to connect to: a URL, or a function that gives one for each attempt. */
export type AttemptUrl = PerAttempt<string | URL>;

/** Fills in the defaults; throws a `RangeError` or `TypeError` that names the option that makes no sense. */
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

/** Whether a cause is how a connection ended. */
export function isCloseInfo(cause: unknown): cause is CloseInfo {
  return typeof cause === "object" && cause !== null && "initiator" in cause && "wasClean" in cause;
}
