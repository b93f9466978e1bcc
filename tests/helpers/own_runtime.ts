/**
 * The adapter of the runtime that the tests run on.
 *
 * @module
 */
import type { Runtime } from "../../src/transport/runtime.ts";

/** Loads the adapter. */
export async function loadOwnRuntime(): Promise<Runtime> {
  if ("Deno" in globalThis) return (await import("../../src/runtime/deno/runtime.ts")).denoRuntime;
  if ("Bun" in globalThis) return (await import("../../src/runtime/bun/runtime.ts")).bunRuntime;
  return (await import("../../src/runtime/node/runtime.ts")).nodeRuntime;
}

/** How this runtime shares a port with HTTP. */
export async function loadHttpListeners(): Promise<[name: string, Runtime["listenHttp"]][]> {
  const { listenHttp } = await loadOwnRuntime();
  return [["own", listenHttp]];
}
