/**
 * Counts the memory that code asks for, where the collector's own figures are too coarse.
 *
 * @module
 */

/** The lengths that were allocated with `new Uint8Array(length)`. */
export interface Allocations {
  readonly sizes: readonly number[];
  /** The largest of them. */
  readonly largest: number;
}

/** Runs `call` and lists each `new Uint8Array(length)` it makes. */
export function countAllocations(call: () => void): Allocations {
  const sizes: number[] = [], real = globalThis.Uint8Array;
  globalThis.Uint8Array = new Proxy(real, {
    construct(target, parameters, newTarget) {
      if (typeof parameters[0] === "number") sizes.push(parameters[0]);
      return Reflect.construct(target, parameters, newTarget);
    },
  });
  try {
    call();
  } finally {
    globalThis.Uint8Array = real;
  }
  return { sizes, largest: sizes.reduce((most, size) => Math.max(most, size), 0) };
}
