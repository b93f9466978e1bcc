/**
 * The name of the runtime that the tests run on.
 *
 * @module
 */

/** `deno`, `bun` or `node`. */
export function ownRuntimeName(): "deno" | "bun" | "node" {
  if ("Deno" in globalThis) return "deno";
  return "Bun" in globalThis ? "bun" : "node";
}
