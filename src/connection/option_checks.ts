/**
 * Checks of single options by their types, for servers and clients on Node, Deno and Bun. A
 * browser's client does not load them.
 *
 * @module
 */
import { atLeast, checkKnown, describe, type OptionCheck, type OptionChecks } from "../options.ts";
import type { ConnectionLimits } from "./limits.ts";
import { suggest } from "./suggest.ts";

/** Checks the options of one call. The error for an unknown name suggests the nearest known one. */
export function checkOptions<T extends object>(
  call: string,
  options: T,
  checks: OptionChecks<T>,
): void {
  checkKnown(call, options, checks, suggest);
}

/** Makes a check for values of these types, as `typeof` names them. `null` has none of them. */
export function isType(
  ...types: readonly ("string" | "boolean" | "function" | "object")[]
): OptionCheck {
  return (option, value) => {
    const type = typeof value;
    if (value !== null && types.some((allowed) => allowed === type)) return;
    throw wrongType(option, `a ${types.join(" or ")}`.replace("a object", "an object"), value);
  };
}

/** Makes a check for one of these words. */
export function isOneOf(...words: readonly string[]): OptionCheck {
  return (option, value) => {
    if (typeof value === "string" && words.includes(value)) return;
    const known = words.map((word) => `"${word}"`).join(" or ");
    throw new TypeError(`${option}: must be ${known}, not ${describe(value)}`);
  };
}

/** Makes a check for a number of at least `least`. `Infinity` stands for no limit. */
export function isAtLeast(least: number): OptionCheck {
  return (option, value) => void atLeast(least, option, value);
}

/** Makes a check for a whole number from `least` to `most`. */
export function isWhole(least: number, most: number): OptionCheck {
  return (option, value) => {
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
    const range = `${option}: must be a whole number from ${least} to ${most}`;
    throw new RangeError(`${range}, not ${describe(value)}`);
  };
}

/** Checks that a value is an `AbortSignal` of any realm. */
export const isSignal: OptionCheck = (option, value) => {
  if (typeof value === "object" && value !== null && "aborted" in value) return;
  throw wrongType(option, "an AbortSignal", value);
};

/**
 * Checks that a value is PEM, as text or bytes. The error for a path says that the content is
 * needed.
 */
export const isPem: OptionCheck = (option, value) => {
  if (typeof value === "string" && value.includes("-----BEGIN ")) return;
  if (ArrayBuffer.isView(value)) return;
  throw wrongType(option, "PEM (-----BEGIN ...), not the path of a file", value);
};

/** Checks that a value is a private key and not a certificate. */
export const isPrivateKey: OptionCheck = (option, value) => {
  isPem(option, value);
  if (typeof value !== "string" || value.includes(" PRIVATE KEY-----")) return;
  const [kind = ""] = /-----BEGIN [^-]*-----/.exec(value) ?? [];
  throw wrongType(option, "a private key (-----BEGIN PRIVATE KEY-----)", kind);
};

/** The options of every connection; `resolveLimits` checks their values. */
export const LIMIT_CHECKS: OptionChecks<ConnectionLimits> = {
  maxMessageBytes: null,
  maxBufferedBytes: null,
  closeTimeoutMs: null,
  pingIntervalMs: null,
  pongTimeoutMs: null,
};

function wrongType(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${option}: must be ${expected}, not ${describe(value)}`);
}
