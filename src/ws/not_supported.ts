/**
 * A part of `ws` that is not supported throws an error with its name, and is never ignored.
 *
 * @module
 */
import { WebSocketError } from "../errors.ts";

/** The error for a part of `ws` that is not here; `instead` says what to do. */
export function notSupported(what: string, instead?: string): WebSocketError {
  const hint = instead === undefined ? "" : `; ${instead}`;
  return new WebSocketError("ERR_NOT_SUPPORTED", `ws: ${what} is not supported${hint}`);
}

/** Options by name, with what to do in their place; `null` where there is nothing. */
export type MissingOptions = Readonly<Record<string, string | null>>;

/** Throws for the first option that is set and not here. */
export function refuseMissing(options: object, missing: MissingOptions, prefix = ""): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || !Object.hasOwn(missing, name)) continue;
    throw notSupported(`the option ${prefix}${name}`, missing[name] ?? undefined);
  }
}

/** Throws for an option that has one value here and is given another. */
export function refuseOther(name: string, value: unknown, only: boolean): void {
  if (value === undefined || value === null || value === only) return;
  throw notSupported(`the option ${name}: ${String(value)}`, `it is always ${only}`);
}
