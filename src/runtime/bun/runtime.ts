/**
 * Bun's own TCP, TLS and unix sockets as a {@linkcode Runtime}.
 *
 * @module
 */
import { dialSessionLate, listenHttp2Late } from "../node_builtins/http2/load.ts";
import { noopSink, type Transport } from "../../transport/transport.ts";
import type { Address } from "../../message.ts";
import type {
  HandshakeLimits,
  HttpSink,
  Listener,
  ListenOptions,
  ListenReports,
  Runtime,
} from "../../transport/runtime.ts";
import { FileWatch } from "../node_builtins/file_watch.ts";
import { listenOnPath } from "../node_builtins/listen_on_path.ts";
import { getEnv, lookup } from "../node_builtins/lookup.ts";
import { dial } from "./dial.ts";
import { BunTransport } from "./transport.ts";
import type { BunSocketListener, BunSocketOptions, BunSockets } from "./types.ts";

declare const Bun: BunSockets;

/** Bun's sockets, and the HTTP server of its `node:http` on top of them. */
export const bunRuntime: Runtime = {
  name: "bun",
  listen,
  listenHttp,
  listenHttp2: listenHttp2Late,
  dial,
  dialSession: dialSessionLate,
  lookup,
  getEnv,
};

async function listen(
  options: ListenOptions & ListenReports,
  onTransport: (transport: Transport) => void,
): Promise<Listener> {
  const { hostname = "127.0.0.1", port = 0, path, tls, reusePort = false } = options;
  const isTls = tls !== undefined;
  const watch = FileWatch.make(options.onError);
  const common: BunSocketOptions<BunTransport> = {
    allowHalfOpen: true,
    tls: isTls ? { cert: tls.cert, key: tls.key } : undefined,
    socket: {
      ...BunTransport.events,
      open(socket) {
        const transport = socket.data = new BunTransport(noopSink, isTls);
        transport.attach(socket);
        // Before the TLS handshake, so that `handshakeTimeoutMs` covers it too.
        onTransport(transport);
        watch?.onAccepted();
      },
    },
  };
  if (path !== undefined) {
    const listener = await listenOnPath(path, () => Bun.listen({ ...common, unix: path }));
    return toListener(listener, { transport: "unix", path }, watch);
  }
  const listener = Bun.listen({ ...common, hostname, port, reusePort });
  const { hostname: bound, port: picked } = listener;
  return toListener(listener, { transport: "tcp", hostname: bound, port: picked }, watch);
}

function toListener(
  listener: BunSocketListener,
  address: Address,
  watch: FileWatch | null,
): Listener {
  return {
    address,
    close() {
      watch?.close();
      listener.stop();
      return Promise.resolve();
    },
  };
}

async function listenHttp(
  options: ListenOptions & HandshakeLimits,
  sink: HttpSink,
): Promise<Listener> {
  // Loaded late, because most servers have no use for `node:http`.
  const { listenHttpOnTransports } = await import("../node_builtins/http/over_transports.ts");
  return listenHttpOnTransports(listen, options, sink);
}
