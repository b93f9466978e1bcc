/**
 * Checks the size of a head that a runtime's HTTP server has parsed. Such a server has limits of
 * its own, and on some runtimes they cannot be set.
 *
 * @module
 */
import type { RequestHead } from "./head.ts";
import type { HeadRuleName } from "./rules.ts";

/** Limits of the head of a request. */
export interface HeadLimits {
  /** Most bytes, the empty line at the end included. */
  readonly maxHeadBytes: number;
  /** Most header fields. */
  readonly maxHeaderFields: number;
}

/**
 * Returns the rule that a head breaks by its size, or `null`. Whitespace that the server removed is
 * not counted.
 */
export function checkHeadLimits(head: RequestHead, limits: HeadLimits): HeadRuleName | null {
  const { method, target, headers } = head;
  if (headers.length > limits.maxHeaderFields) return "tooManyFields";
  let bytes = `${method} ${target} HTTP/1.1\r\n\r\n`.length;
  if (bytes > limits.maxHeadBytes) return "targetTooLong";
  for (const [name, value] of headers) bytes += name.length + value.length + ": \r\n".length;
  return bytes > limits.maxHeadBytes ? "headTooLarge" : null;
}
