/**
 * What callbacks of an application may throw, or reject with.
 *
 * @module
 */
import { untyped } from "./untyped.ts";

/** A callback that fails. */
export type Failing = () => never;

const SPITEFUL: unknown = new Proxy({}, {
  get: () => {
    throw new Error("asked for a property");
  },
  getPrototypeOf: () => {
    throw new Error("asked for its prototype");
  },
});

/** The values, by their names. */
export const THROWN: Readonly<Record<string, unknown>> = {
  "an Error": new Error("mine"),
  "null": null,
  "undefined": undefined,
  "a Symbol": Symbol("mine"),
  "an object that throws when it is looked at": SPITEFUL,
};

/** Callbacks that throw a value, and that reject with it. */
export function failingWith(thrown: unknown): readonly Failing[] {
  const throws: Failing = () => {
    throw thrown;
  };
  return [throws, untyped<Failing>(() => Promise.reject(thrown))];
}
