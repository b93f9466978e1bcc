/**
 * The adapter for Deno.
 *
 * @module
 */
import type { Runtime } from "../connection/transport.ts";
import { dial } from "./deno_dial.ts";
import { listen } from "./deno_listen.ts";

/** Deno's own sockets. */
export const denoRuntime: Runtime = {
  name: "deno",
  // deno-lint-ignore require-await
  listen: async (options, accept) => listen(options, accept),
  listenHttp: () => Promise.reject(new Error("TODO")),
  dial,
};
