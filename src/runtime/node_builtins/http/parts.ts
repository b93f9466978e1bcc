/**
 * Finds the ends of requests in a stream of bytes before they are parsed.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";

const CR = 13, LF = 10;

/**
 * Returns the end of the bytes that may be passed to the parser at once: behind the first empty
 * line, or all bytes if there is none. A head and a chunked body end with an empty line. Inside of
 * another body, a cut there does no harm.
 */
export function endOfPart(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return next + 1;
  }
  return bytes.length;
}

/** Whether a request announces a body. */
export function hasBody({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}
