/** Values that the compiler would refuse, for tests of what JavaScript callers may pass. @module */

/** Gives `value` the type that is asked for. */
export function untyped<T>(value: unknown): T {
  return value as T;
}
