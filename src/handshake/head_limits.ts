/**
 * Limits of a head that somebody else has read: a runtime's HTTP server has its own, or none
 * that can be set.
 *
 * @module
 */
import type { RequestHead } from "./head.ts";
import type { HeadRuleName } from "./rules.ts";

/** Limits of a head. */
export interface HeadLimits {
  /** Bytes, up to the empty line and with it. */
  readonly maxHeadBytes: number;
  /** Header fields. */
  readonly maxHeaderFields: number;
}

/** The rule that a head breaks by its size, or `null`; the spaces that its reader took away are not counted. */
export function checkHeadLimits(head: RequestHead, limits: HeadLimits): HeadRuleName | null {
  const { method, target, headers } = head;
  if (headers.length > limits.maxHeaderFields) return "TOO_MANY_FIELDS";
  let bytes = `${method} ${target} HTTP/1.1\r\n\r\n`.length;
  if (bytes > limits.maxHeadBytes) return "TARGET_TOO_LONG";
  for (const [name, value] of headers) bytes += name.length + value.length + ": \r\n".length;
  return bytes > limits.maxHeadBytes ? "HEAD_TOO_LARGE" : null;
}
