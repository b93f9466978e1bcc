/**
 * Decides about another attempt by the server's answer: its status and `Retry-After`. A browser
 * exposes neither, so its client does not load this module.
 *
 * @module
 */
import type { WebSocketError } from "../errors.ts";

/** Interprets errors of attempts. */
export interface AnswerPolicy {
  /** Whether the attempt would fail again in the same way. */
  isFinal(error: WebSocketError): boolean;
  /** Milliseconds that the server asks the client to wait; 0 if it does not. */
  retryAfterMs(error: WebSocketError, wallNowMs: number): number;
}

/**
 * Statuses from 400 to 499 after which another attempt makes sense: timeout, too early, too many
 * requests.
 */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];
/** Error codes that would be the same at each attempt. */
const FINAL_ERRORS: readonly string[] = [
  "ERR_CERTIFICATE",
  "ERR_HANDSHAKE_REDIRECT",
  "ERR_NOT_SUPPORTED",
];

/** The policy on runtimes whose errors have the server's answer. */
export const answerPolicy: AnswerPolicy = {
  isFinal({ code, status }) {
    if (code === "ERR_PROXY") return status === 407;
    if (code !== "ERR_HANDSHAKE_STATUS" || status === undefined) return FINAL_ERRORS.includes(code);
    return status < 500 && !PASSING_STATUSES.includes(status);
  },

  /** `Retry-After` has seconds or a date (RFC 9110 section 10.2.3). */
  retryAfterMs({ response }, wallNowMs) {
    const value = response?.headers.get("retry-after") ?? "";
    if (/^\d+$/.test(value)) return Number(value) * 1_000;
    const date = Date.parse(value);
    return Number.isNaN(date) ? 0 : Math.max(0, date - wallNowMs);
  },
};
