/**
 * An HTTP server that shares its port with upgrades, over a runtime's own sockets. `node:http`,
 * which all three runtimes have, parses the requests and writes the responses.
 *
 * @module
 */
import * as http from "node:http";
import {
  DEFAULT_DRAIN_MS,
  DEFAULT_HANDSHAKE_TIMEOUT_MS,
  DEFAULT_MAX_HEAD_BYTES,
  DEFAULT_MAX_HEADER_FIELDS,
} from "../../../defaults.ts";
import type {
  HandshakeLimits,
  HttpSink,
  Listener,
  ListenOptions,
  Runtime,
} from "../../../transport/runtime.ts";
import { answer, asksForWebSocket, toRequestHead } from "./server.ts";
import { HttpSockets } from "./http_sockets.ts";
import { toOwnBytes } from "../socket_transport.ts";
import { TransportStream } from "./transport_stream.ts";

/** Default of the number of sockets that may wait for a request. */
const DEFAULT_MAX_SILENT = 1_024;

/**
 * Listens with a runtime's own `listen`. `node:http` gets the bytes of ordinary requests only, and
 * one request of each client at a time. A connection that upgrades returns to the runtime's own
 * transport.
 *
 * No server of a runtime's own has all of these limits: Node's calls `fetch` for each of 388,000
 * pipelined requests at once. Deno's and Bun's own sockets also avoid faults of the sockets under
 * their `node:http`: when paused, Deno's `node:tls` sockets read on without end (2.9.6), and Bun's
 * close at the peer's FIN with bytes unread (1.4.5).
 */
export async function listenHttpOnTransports(
  listen: Runtime["listen"],
  options: ListenOptions & HandshakeLimits,
  sink: HttpSink,
): Promise<Listener> {
  const {
    handshakeTimeoutMs: timeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS,
    maxHeadBytes = DEFAULT_MAX_HEAD_BYTES,
    maxHeaderFields = DEFAULT_MAX_HEADER_FIELDS,
    maxPendingUpgrades = DEFAULT_MAX_SILENT,
  } = options;
  const encrypted = options.tls !== undefined, sockets = new HttpSockets(maxPendingUpgrades);
  const server = http.createServer(toServerOptions(maxHeadBytes));
  // Not set, because `node:http` silently drops fields beyond it; `answer` refuses the request.
  server.maxHeadersCount = 0;
  server.on("request", (message, response) => {
    const stream = message.socket;
    if (!(stream instanceof TransportStream)) throw new TypeError("a socket of another server");
    stream.beginRequest(message);
    response.on("close", () => stream.endRequest());
    void sockets.track(answer({ message, response, sink, stream, maxHeaderFields }));
  });
  server.on("upgrade", (message, socket, head) => {
    if (!(socket instanceof TransportStream)) throw new TypeError("a socket of another server");
    const early = toOwnBytes(head);
    socket.afterResponses(() => {
      const { transport, early: unread } = socket.release(early);
      if (transport !== null) sink.upgrade(toRequestHead(message), transport, unread);
    });
  });
  // Deno keeps connections alive only while `server.listening` is true.
  let listening = true;
  Object.defineProperty(server, "listening", { get: () => listening });
  const listener = await listen(options, (transport) => {
    const stream = new TransportStream(transport, { encrypted, timeoutMs, owner: sockets });
    server.emit("connection", stream);
  });
  return {
    address: listener.address,
    async close(closeMs = DEFAULT_DRAIN_MS) {
      listening = false;
      const ended = sockets.close(closeMs);
      await listener.close();
      await ended;
    },
  };
}

/** Makes the options of `node:http`. Its timeouts are off, because the stream has its own. */
function toServerOptions(maxHeadBytes: number): http.ServerOptions & {
  shouldUpgradeCallback(message: http.IncomingMessage): boolean;
} {
  return {
    headersTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: 0,
    maxHeaderSize: Math.min(maxHeadBytes, 2 ** 31 - 1),
    shouldUpgradeCallback: asksForWebSocket,
  };
}
