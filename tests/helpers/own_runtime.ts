/**
 * The adapter of the runtime that the tests run on.
 *
 * @module
 */
import type { Runtime } from "../../src/connection/transport.ts";

/** Loads the adapter. */
export async function loadOwnRuntime(): Promise<Runtime> {
  if ("Deno" in globalThis) return (await import("../../src/runtime/deno.ts")).denoRuntime;
  if ("Bun" in globalThis) return (await import("../../src/runtime/bun.ts")).bunRuntime;
  return (await import("../../src/runtime/node.ts")).nodeRuntime;
}
