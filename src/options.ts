/**
 * Checks of the options that callers pass. Without them a misspelled option would have no effect:
 * with a misspelled `proxy`, for example, the connection would bypass the proxy.
 *
 * @module
 */

/** Checks one value. Throws an error that names the option and tells which values it takes. */
export type OptionCheck = (option: string, value: unknown) => void;

/**
 * A check for each option of `T`; the compiler requires all of them. `null` means that the code
 * which reads the option checks it, and that it takes `null` and `undefined` for the default.
 */
export type OptionChecks<T> = { readonly [Name in keyof Required<T>]: OptionCheck | null };

/** Finds the right name for a wrong one. Returns text to append to an error message. */
export type Suggest = (name: string, known: readonly string[]) => string;

/** @throws {TypeError} if `options` is no object, or a list. */
export function checkObject(call: string, options: object): void {
  if (typeof options === "object" && options !== null && !(Symbol.iterator in options)) return;
  throw new TypeError(`${call}: options must be an object, not ${describe(options)}`);
}

/**
 * Checks the names of all options of one call, and their values. `undefined` stands for an option
 * that is not given.
 *
 * @throws {TypeError} if `options` is no object, an option is unknown, or a value has the wrong
 *   type.
 * @throws {RangeError} if a number makes no sense.
 */
export function checkKnown<T extends object>(
  call: string,
  options: T,
  checks: OptionChecks<T>,
  suggest: Suggest = () => "",
): void {
  checkObject(call, options);
  for (const [option, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, option)) {
      const hint = suggest(option, Object.keys(checks));
      throw new TypeError(`${call}: unknown option "${option}"${hint}`);
    }
    const check = checks[option as keyof T];
    if (check !== null && value !== undefined) check(option, value);
    else if (value === null) throw new TypeError(`${option}: must not be null`);
  }
}

/** A number of at least `least`; `Infinity` stands for no limit. */
export function atLeast(least: number, option: string, value: unknown): number {
  if (typeof value === "number" && value >= least) return value;
  const range = `${option}: must be a number of at least ${least} (Infinity for no limit)`;
  throw new RangeError(`${range}, not ${describe(value)}`);
}

/** Formats a value for an error message. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}
