/**
 * Finds misspelled methods of handlers. A browser's client does not load it.
 *
 * @module
 */
import type { WebSocketHandler } from "../handler.ts";
import { checkConcurrency } from "./check_concurrency.ts";
import { checkHandler, METHODS } from "./check_handler.ts";
import { suggest } from "./suggest.ts";

/**
 * Checks a handler as {@linkcode checkHandler} does. If it has neither `session` nor `message`, the
 * names of its methods are compared with the right ones: with `mesage` its clients would wait for
 * ever.
 *
 * @throws {TypeError} as {@linkcode checkHandler}, or with the nearest right name.
 * @throws {RangeError} if `concurrency` makes no sense.
 */
export function checkSpelling(handler: WebSocketHandler): WebSocketHandler {
  const drainType = typeof handler?.drain;
  if (drainType !== "undefined" && drainType !== "function") {
    throw new TypeError(`handler.drain: must be a function, not ${drainType}`);
  }
  const isFed = handler?.session !== undefined || handler?.message !== undefined;
  if (isFed || typeof handler !== "object" || handler === null) {
    const { concurrency = 1 } = checkHandler(handler);
    checkConcurrency("handler.concurrency", concurrency);
    return handler;
  }
  for (const name of listMethods(handler)) {
    const hint = suggest(name.replace(/^on_?/i, ""), METHODS);
    if (hint !== "") throw new TypeError(`handler: has no message(), but ${name}()${hint}`);
  }
  return checkHandler(handler);
}

/** Lists the names of an object's methods, including inherited ones. */
function listMethods(handler: object): readonly string[] {
  const names: string[] = [];
  for (
    let owner: object | null = handler;
    owner !== null && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  ) names.push(...Object.getOwnPropertyNames(owner));
  return names.filter((name) =>
    name !== "constructor" && !METHODS.some((method) => method === name) &&
    typeof Reflect.get(handler, name) === "function"
  );
}
