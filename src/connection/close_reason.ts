/**
 * Close reasons: the one that the library sends itself, and cutting a reason that is too long for
 * its frame.
 *
 * @module
 */

/** Bytes of UTF-8 in a reason (RFC 6455 section 5.5). */
const MOST_BYTES = 123;
/** This many UTF-16 code units always fit. */
const SURELY_FITS = MOST_BYTES / 3;

/** Cuts a reason to the longest beginning that fits, without cutting a character. */
export function fitReason(reason: string): string {
  if (reason.length <= SURELY_FITS) return reason;
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MOST_BYTES));
  return reason.slice(0, read);
}

/** Close reason when the source of a message that was begun has failed. */
export const UNFINISHED_MESSAGE = "message cannot be finished";
