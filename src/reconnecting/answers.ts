/**
 * What the answer to an attempt says about another one: its status, and `Retry-After`. A browser tells a page
 * neither, so that its client does not load this.
 *
 * @module
 */
import type { WebSocketError } from "../errors.ts";

/** Reads errors of attempts. */
export interface AnswerPolicy {
  /** Whether the attempt would fail again in the same way. */
  isFinal(error: WebSocketError): boolean;
  /** Milliseconds that the server asks to wait; 0 if it does not. */
  retryAfterMs(error: WebSocketError, wallNowMs: number): number;
}

/** Statuses of 400 to 499 that ask for another attempt: timeout, too early, too many requests. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];
/** Codes of attempts that fail in the same way each time. */
const FINAL_ERRORS: readonly string[] = [
  "ERR_CERTIFICATE",
  "ERR_HANDSHAKE_REDIRECT",
  "ERR_NOT_SUPPORTED",
];

/** The policy where errors tell all. */
export const answerPolicy: AnswerPolicy = {
  isFinal({ code, status }) {
    if (code === "ERR_PROXY") return status === 407;
    if (code !== "ERR_HANDSHAKE_STATUS" || status === undefined) return FINAL_ERRORS.includes(code);
    return status < 500 && !PASSING_STATUSES.includes(status);
  },

  /** RFC 9110 section 10.2.3: seconds or a date. */
  retryAfterMs({ response }, wallNowMs) {
    const value = response?.headers.get("retry-after") ?? "";
    if (/^\d+$/.test(value)) return Number(value) * 1_000;
    const date = Date.parse(value);
    return Number.isNaN(date) ? 0 : Math.max(0, date - wallNowMs);
  },
};
