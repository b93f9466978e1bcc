/**
 * An HTTP server that shares its port with upgrades, over a runtime's own sockets. `node:http`, which
 * all three runtimes have, parses the requests and writes the responses.
 *
 * @module
 */
import * as http from "node:http";
import type { HttpSink, Listener, ListenOptions, Runtime } from "../../../transport/runtime.ts";
import { answer, serverOptions, toRequestHead } from "./server.ts";
import { toOwnBytes } from "../socket_transport.ts";
import { TransportStream } from "./transport_stream.ts";

/**
 * Listens with a runtime's own `listen`. `node:http` gets the bytes of ordinary requests only; a
 * connection that upgrades is back on the runtime's own transport.
 *
 * For Deno and Bun, whose own sockets are smaller and faster than those of `node:http`, and right where
 * those are wrong: when paused, Deno's `node:tls` sockets read on without end (2.9.6), and Bun's
 * close at the peer's FIN with bytes unread (1.4.5).
 */
export async function listenHttpOnTransports(
  listen: Runtime["listen"],
  options: ListenOptions,
  sink: HttpSink,
): Promise<Listener> {
  const encrypted = options.tls !== undefined;
  const server = http.createServer({ ...serverOptions, keepAliveTimeout: 0 });
  server.on("request", (message, response) => {
    const stream = message.socket;
    if (!(stream instanceof TransportStream)) throw new TypeError("a socket of another server");
    stream.beginRequest(message);
    response.on("close", () => stream.endRequest());
    void answer({ message, response, sink, onBodyRead: () => stream.readOn() });
  });
  server.on("upgrade", (message, socket, head) => {
    if (!(socket instanceof TransportStream)) throw new TypeError("a socket of another server");
    const { transport, rest } = socket.release(toOwnBytes(head));
    if (transport !== null) sink.upgrade(toRequestHead(message), transport, rest);
  });
  // Deno keeps connections alive only while `server.listening` is true.
  let listening = true;
  Object.defineProperty(server, "listening", { get: () => listening });
  const listener = await listen(options, (transport) => {
    server.emit("connection", new TransportStream(transport, { encrypted }));
  });
  return {
    address: listener.address,
    async close() {
      listening = false;
      await listener.close();
      server.closeIdleConnections();
      server.close();
    },
  };
}
