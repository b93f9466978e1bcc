/**
 * Where the requests of one client end, as far as that shows before they are parsed.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";

const CR = 13, LF = 10;

/**
 * The end of what may be passed on at once: the first empty line, or all. A head ends there, and so
 * does a body in chunks; inside of another body it is a seam like any other.
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
