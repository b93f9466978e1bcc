/**
 * Pure functions that decide after which failures to try again, and after which delay.
 *
 * @module
 */
import { WebSocketError } from "../errors.ts";
import type { AnswerPolicy } from "./answers.ts";
import type { ReconnectHost } from "./host.ts";
import { isCloseInfo, type ResolvedReconnectOptions } from "./options.ts";

/** Close codes that mean a fault of this client or its messages (RFC 6455 section 7.4.1). */
const FINAL_CLOSE_CODES: readonly number[] = [1002, 1003, 1007, 1008];

/** Whether another attempt would fail in the same way. */
export function isFinal(cause: unknown, answers: AnswerPolicy): boolean {
  if (isCloseInfo(cause)) return FINAL_CLOSE_CODES.includes(cause.code);
  return cause instanceof WebSocketError ? answers.isFinal(cause) : isCallersFault(cause);
}

/**
 * Whether an error is one that `connect` throws for wrong arguments: a bad URL, header field, limit
 * or subprotocol.
 */
function isCallersFault(cause: unknown): boolean {
  return cause instanceof Error && /^(?:Type|Range|Syntax)Error$/.test(cause.name);
}

/** Limits between which a delay is drawn. */
export interface DelayRange {
  readonly leastMs: number;
  readonly mostMs: number;
}

/**
 * The range of the delay after `failures` failures in a row.
 *
 * - `Retry-After` of a refusal is the lower limit, with the usual jitter added.
 * - After 1012 (service restart) it is between a sixth of `maxDelayMs` and all of it. With the
 *   default of 30 s, these are the 5 to 30 seconds that the registration of the code requires.
 * - After 1013 (try again later) it is between half of `maxDelayMs` and all of it.
 */
export function delayRange(
  cause: unknown,
  failures: number,
  { firstDelayMs, maxDelayMs }: ResolvedReconnectOptions,
  { answers, wallNow }: Pick<ReconnectHost, "answers" | "wallNow">,
): DelayRange {
  const jitterMs = Math.min(maxDelayMs, firstDelayMs * 2 ** failures);
  if (isCloseInfo(cause)) {
    if (cause.code === 1012) return { leastMs: maxDelayMs / 6, mostMs: maxDelayMs };
    if (cause.code === 1013) return { leastMs: maxDelayMs / 2, mostMs: maxDelayMs };
  }
  const leastMs = cause instanceof WebSocketError ? answers.retryAfterMs(cause, wallNow()) : 0;
  return { leastMs, mostMs: leastMs + jitterMs };
}
