/**
 * Decides which requests are meant for a mount, on a server that other libraries may use as well.
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

/** Returns whether a path belongs to the mount, or `null` if only the producer can decide. */
export type Ownership = (pathname: string) => boolean | null | Promise<boolean>;

/** Makes the decision from `match`, otherwise from `routes`, otherwise from the producer. */
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
 * Asks whether a path belongs to the mount. A function of the application may return a promise. An
 * answer that is no boolean is an error, so that it cannot take another library's sockets.
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

/** The path of a request's target, in any of its forms (RFC 9112 section 3.2). */
export function pathOf(target: string): string {
  return target.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/, "") || "/";
}

/** Makes a `Request` of a head; `null` if the head is not valid enough. */
export function toRequest(scheme: string, { target, headers }: RequestHead): Request | null {
  try {
    const fields = toHeaders(headers);
    return new Request(new URL(target, `${scheme}://${fields.get("host")}`), { headers: fields });
  } catch {
    return null;
  }
}
