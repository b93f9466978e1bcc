/**
 * Messages that callbacks of the application make.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { describe } from "../options.ts";
import { isPromise, markHandled } from "../promises.ts";

/** Returns what a callback made, or throws a `TypeError` that names the callback. */
export function checkMade(callback: string, made: unknown): Message {
  if (typeof made === "string" || made instanceof Uint8Array) return made;
  if (isPromise(made)) markHandled(Promise.resolve(made));
  throw new TypeError(`${callback}: must return a string or a Uint8Array, not ${describe(made)}`);
}
