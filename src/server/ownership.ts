/**
 * Which requests are a mount's, on a server that other libraries may use as well.
 *
 * @module
 */
import type { HandlerProducer, WebSocketHandler } from "../handler.ts";
import { type RequestHead, toHeaders } from "../handshake/head.ts";
import { describe } from "../options.ts";
import { isPromise } from "../promises.ts";
import { compilePattern } from "./path_pattern.ts";
import type { Routes } from "./routes.ts";
import type { MountOptions } from "./upgrade_options.ts";

/** Tells whether a path is the mount's; `null` when only the producer knows. */
export type Ownership = (pathname: string) => boolean | null | Promise<boolean>;

/** Which paths are a mount's: those of `match`, else those of `routes`, else what the producer says. */
export function makeOwnership(
  match: MountOptions["match"],
  handler: WebSocketHandler | HandlerProducer | Routes,
): Ownership {
  if (typeof match === "function") return match;
  if (match !== undefined) {
    const patterns = [match].flat().map(compilePattern);
    return (pathname) => patterns.some((pattern) => pattern.match(pathname) !== null);
  }
  if ("matches" in handler) return (pathname) => handler.matches(pathname);
  return typeof handler === "function" ? () => null : () => true;
}

/**
 * Asks whether a path is the mount's. A function of the user's may answer by a promise; what is no
 * boolean at all must not take another library's sockets.
 *
 * @throws {TypeError} or rejects with one, if the answer is neither.
 */
export function askOwnership(
  owns: Ownership,
  pathname: string,
): boolean | null | Promise<boolean | null> {
  const answer: unknown = owns(pathname);
  return isPromise(answer) ? Promise.resolve(answer).then(toVerdict) : toVerdict(answer);
}

function toVerdict(answer: unknown): boolean | null {
  if (typeof answer === "boolean" || answer === null) return answer;
  throw new TypeError(
    `match: the function must return a boolean or a promise of one, not ${describe(answer)}`,
  );
}

/** The path of a request's target, whatever its form (RFC 9112 section 3.2). */
export function pathOf(target: string): string {
  return target.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/, "") || "/";
}

/** The request of a head, as far as it is one. */
export function toRequest(scheme: string, { target, headers }: RequestHead): Request | null {
  try {
    const fields = toHeaders(headers);
    return new Request(new URL(target, `${scheme}://${fields.get("host")}`), { headers: fields });
  } catch {
    return null;
  }
}
