/**
 * The adapter of the runtime that the tests run on.
 *
 * @module
 */
import type { Runtime } from "../../src/transport/runtime.ts";
import { listenHttpOnTransports } from "../../src/runtime/node_builtins/http/over_transports.ts";

/** Loads the adapter. */
export async function loadOwnRuntime(): Promise<Runtime> {
  if ("Deno" in globalThis) return (await import("../../src/runtime/deno/runtime.ts")).denoRuntime;
  if ("Bun" in globalThis) return (await import("../../src/runtime/bun/runtime.ts")).bunRuntime;
  return (await import("../../src/runtime/node/runtime.ts")).nodeRuntime;
}

/** The ways to share a port with HTTP on this runtime. Node has both, so that one can debug there. */
export async function loadHttpListeners(): Promise<[name: string, Runtime["listenHttp"]][]> {
  const { name, listen, listenHttp } = await loadOwnRuntime();
  const own: [string, Runtime["listenHttp"]] = ["own", listenHttp];
  if (name !== "node") return [own];
  return [own, ["over", (options, sink) => listenHttpOnTransports(listen, options, sink)]];
}
