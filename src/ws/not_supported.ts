/**
 * Errors for the parts of `ws` that are not supported. Such a part is never ignored silently.
 *
 * @module
 */
import { WebSocketError } from "../errors.ts";

/** Makes the error for a part of `ws` that is not supported. `instead` names the replacement. */
export function notSupported(what: string, instead?: string): WebSocketError {
  const hint = instead === undefined ? "" : `; ${instead}`;
  return new WebSocketError("ERR_NOT_SUPPORTED", `ws: ${what} is not supported${hint}`);
}

/** Options that are not supported by name, with their replacements; `null` if there is none. */
export type MissingOptions = Readonly<Record<string, string | null>>;

/** Throws for the first option that is set and not supported. */
export function refuseMissing(options: object, missing: MissingOptions, prefix = ""): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || !Object.hasOwn(missing, name)) continue;
    throw notSupported(`the option ${prefix}${name}`, missing[name] ?? undefined);
  }
}

/** Throws if an option that supports one value only has another. */
export function refuseOther(name: string, value: unknown, only: boolean): void {
  if (value === undefined || value === null || value === only) return;
  throw notSupported(`the option ${name}: ${String(value)}`, `it is always ${only}`);
}
