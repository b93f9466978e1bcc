/**
 * The adapter for Deno.
 *
 * @module
 */
import type { HttpSink, Listener, ListenOptions, Runtime } from "../connection/transport.ts";
import { dial } from "./deno_dial.ts";
import { listen } from "./deno_listen.ts";

/** Deno's own sockets, and over them the HTTP server of its `node:http`. */
export const denoRuntime: Runtime = { name: "deno", listen, listenHttp, dial };

async function listenHttp(options: ListenOptions, sink: HttpSink): Promise<Listener> {
  // Loaded late: a server without HTTP does not pay for `node:http`.
  return await (await import("./node_http_over.ts")).listenHttpOver(listen, options, sink);
}
