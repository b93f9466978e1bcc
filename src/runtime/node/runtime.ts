/**
 * Node's sockets and HTTP server as a {@linkcode Runtime}.
 *
 * @module
 */
import type {
  DialOptions,
  HandshakeLimits,
  HttpSink,
  Listener,
  ListenOptions,
  Runtime,
} from "../../transport/runtime.ts";
import type { Transport, TransportSink } from "../../transport/transport.ts";
import { dialSessionLate, listenHttp2Late } from "../node_builtins/http2/load.ts";
import { getEnv, lookup } from "../node_builtins/lookup.ts";
import { listen } from "../node_builtins/net.ts";

/** Node's own sockets and HTTP server. */
export const nodeRuntime: Runtime = {
  name: "node",
  listen,
  listenHttp,
  listenHttp2: listenHttp2Late,
  dial,
  dialSession: dialSessionLate,
  lookup,
  getEnv,
};

async function dial(options: DialOptions, sink: TransportSink): Promise<Transport> {
  // Loaded late, because it loads `node:tls`, which takes 4 MiB. A server makes no connections.
  return await (await import("../node_builtins/dial.ts")).dial(options, sink);
}

async function listenHttp(
  options: ListenOptions & HandshakeLimits,
  sink: HttpSink,
): Promise<Listener> {
  // Loaded late, because `node:http` takes 18 ms, a third of the start of a server without it.
  const { listenHttpOnTransports } = await import("../node_builtins/http/over_transports.ts");
  return listenHttpOnTransports(listen, options, sink);
}
