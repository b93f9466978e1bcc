/**
 * Which failures may mend themselves, and how long to wait for that. Pure functions.
 *
 * @module
 */
import { WebSocketError } from "../errors.ts";
import { isCloseInfo, type ResolvedReconnectOptions } from "./options.ts";

/** Close codes by which a peer says that this client or its messages are wrong (RFC 6455 section 7.4.1). */
const FINAL_CLOSE_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008]);
/** Statuses of 400 to 499 that ask for another attempt: timeout, too early, too many requests. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);
/** Codes of attempts that fail in the same way each time. */
const FINAL_ERRORS: ReadonlySet<string> = new Set([
  "ERR_CERTIFICATE",
  "ERR_HANDSHAKE_REDIRECT",
  "ERR_NOT_SUPPORTED",
]);

/** Whether a cause cannot mend itself, so that another attempt would only be load. */
export function isFinal(cause: unknown): boolean {
  if (isCloseInfo(cause)) return FINAL_CLOSE_CODES.has(cause.code);
  if (!(cause instanceof WebSocketError)) return isCallersFault(cause);
  const { code, status } = cause;
  if (code === "ERR_PROXY") return status === 407;
  if (code !== "ERR_HANDSHAKE_STATUS" || status === undefined) return FINAL_ERRORS.has(code);
  return status < 500 && !PASSING_STATUSES.has(status);
}

/** What `connect` throws for wrong arguments: a bad URL, header field, limit or subprotocol. */
function isCallersFault(cause: unknown): boolean {
  return cause instanceof TypeError || cause instanceof RangeError ||
    cause instanceof Error && cause.name === "SyntaxError";
}

/** A delay is drawn between these. */
export interface DelayRange {
  readonly leastMs: number;
  readonly mostMs: number;
}

/**
 * The range of the delay after `failures` failures in a row.
 *
 * - `Retry-After` of a refusal is the least, with the usual jitter on top.
 * - After 1012 (service restart) it is between a sixth of `maxDelayMs` and all of it. With the default
 *   of 30 s these are the 5 to 30 seconds that the registration of the code asks for.
 * - After 1013 (try again later) it is between half of `maxDelayMs` and all of it.
 */
export function delayRange(
  cause: unknown,
  failures: number,
  { firstDelayMs, maxDelayMs }: ResolvedReconnectOptions,
  wallNowMs: number,
): DelayRange {
  const jitterMs = Math.min(maxDelayMs, firstDelayMs * 2 ** failures);
  if (isCloseInfo(cause)) {
    if (cause.code === 1012) return { leastMs: maxDelayMs / 6, mostMs: maxDelayMs };
    if (cause.code === 1013) return { leastMs: maxDelayMs / 2, mostMs: maxDelayMs };
  }
  const leastMs = retryAfterMs(cause, wallNowMs);
  return { leastMs, mostMs: leastMs + jitterMs };
}

/** `Retry-After` of a refusal in milliseconds (RFC 9110 section 10.2.3): seconds or a date; else 0. */
function retryAfterMs(cause: unknown, wallNowMs: number): number {
  if (!(cause instanceof WebSocketError)) return 0;
  const value = cause.response?.headers.get("retry-after") ?? "";
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - wallNowMs);
}
