/**
 * The adapter for Deno.
 *
 * It stands on `Deno.Conn`, not on Deno's `node:net`, because Deno's `node:tls` has no
 * backpressure (2.9.6: it takes any number of bytes from a writer, and reads on while
 * paused); plain sockets stay on the same code, which is as fast for small messages. An idle
 * connection holds 512 bytes to read into; `deno_read_buffer.ts` tells when more.
 *
 * What Deno itself cannot do (2.9.6):
 * - `listen` with `tls`: accepted connections have no TCP_NODELAY, so that a small message may
 *   wait until the peer has acknowledged the one before. A proxy that ends TLS avoids this.
 * - `abort()` sends no reset, and a TLS peer that answers nothing keeps its socket (not its
 *   transport) until it goes: Deno first wants to end the handshake, or the write that waits.
 * - These fail with `ERR_NOT_SUPPORTED`: TLS on unix sockets; a client certificate together with `serverName`, a
 *   proxy or an address of one's own; `localAddress`; `pins` and `dangerouslyAcceptAnyCertificate` of `tls`;
 *   `reusePort` with `tls` but without `--unstable-net`.
 *
 * @module
 */
import type { HttpSink, Listener, ListenOptions, Runtime } from "../../transport/runtime.ts";
import { dial } from "./dial.ts";
import { lookup } from "./lookup.ts";
import { listen } from "./listen.ts";

/** Deno's own sockets, and over them the HTTP server of its `node:http`. */
export const denoRuntime: Runtime = {
  name: "deno",
  listen,
  listenHttp,
  dial,
  lookup,
  getEnv: (name) => Deno.env.get(name),
};

async function listenHttp(options: ListenOptions, sink: HttpSink): Promise<Listener> {
  // Loaded late: a server without HTTP does not pay for `node:http`.
  return await (await import("../node_builtins/http/over_transports.ts")).listenHttpOnTransports(
    listen,
    options,
    sink,
  );
}
