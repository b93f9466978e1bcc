/**
 * Reasons of a Close: one of our own, and the cutting of one that does not fit into its frame.
 *
 * @module
 */

/** Bytes of UTF-8 in a reason (RFC 6455 section 5.5). */
const MOST_BYTES = 123;
/** So many UTF-16 code units always fit. */
const SURELY_FITS = MOST_BYTES / 3;

/** The reason, or as much of it as fits, without a cut character. */
export function fitReason(reason: string): string {
  if (reason.length <= SURELY_FITS) return reason;
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MOST_BYTES));
  return reason.slice(0, read);
}

/** Reason of the Close for a message that was begun and whose rest cannot be had. */
export const UNFINISHED_MESSAGE = "message cannot be finished";
