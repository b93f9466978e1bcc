/**
 * The adapter for Deno.
 *
 * It uses `Deno.Conn` rather than Deno's `node:net`, because Deno's `node:tls` has no backpressure:
 * it takes any number of bytes from a writer, and reads on while paused (2.9.6). Plain sockets use
 * the same code, which is as fast for small messages. An idle connection holds 512 bytes to read
 * into; `read_buffer.ts` describes when it holds more.
 *
 * Limits of Deno itself (2.9.6):
 * - Accepted TLS connections have no TCP_NODELAY: a small message may wait until the peer has
 *   acknowledged the one before. A proxy that terminates TLS avoids this.
 * - `abort()` sends no reset. If a TLS peer does not answer, its socket stays open until the peer
 *   goes, because Deno first finishes the handshake or the write that waits; the transport itself
 *   closes at once.
 * - `ERR_NOT_SUPPORTED`: TLS on unix sockets; a client certificate together with `serverName`, a
 *   proxy or `address`; `localAddress`; `pins` and `dangerouslyAcceptAnyCertificate` of `tls`;
 *   `reusePort` with `tls` without `--unstable-net`.
 *
 * @module
 */
import type {
  HandshakeLimits,
  HttpSink,
  Listener,
  ListenOptions,
  Runtime,
} from "../../transport/runtime.ts";
import { dialSessionLate, listenHttp2Late } from "../node_builtins/http2/load.ts";
import { dial } from "./dial.ts";
import { lookup } from "./lookup.ts";
import { listen } from "./listen.ts";

/** Deno's own sockets, and the HTTP server of its `node:http` on top of them. */
export const denoRuntime: Runtime = {
  name: "deno",
  listen,
  listenHttp,
  listenHttp2: listenHttp2Late,
  dial,
  dialSession: dialSessionLate,
  lookup,
  getEnv: (name) => Deno.env.get(name),
};

async function listenHttp(
  options: ListenOptions & HandshakeLimits,
  sink: HttpSink,
): Promise<Listener> {
  // Loaded late, because most servers have no use for `node:http`.
  return await (await import("../node_builtins/http/over_transports.ts")).listenHttpOnTransports(
    listen,
    options,
    sink,
  );
}
