/**
 * Checks the option `concurrency` of a handler.
 *
 * @module
 */
import { describe } from "../options.ts";

/**
 * Checks the value of `concurrency`, and returns it.
 *
 * @throws {RangeError} if it is no whole number of at least 1, nor `Infinity`.
 */
export function checkConcurrency(option: string, value: unknown): number {
  if (value === Infinity || (typeof value === "number" && Number.isInteger(value) && value >= 1)) {
    return value;
  }
  const range = `${option}: must be a whole number of at least 1 (Infinity for no limit)`;
  throw new RangeError(`${range}, not ${describe(value)}`);
}
