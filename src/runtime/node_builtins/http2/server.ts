/**
 * A server that speaks HTTP/1.1 and HTTP/2 on one port. The first bytes of a transport decide:
 * HTTP/2 begins with a preface that is no request of HTTP/1.1 (RFC 9113 section 3.4). A port
 * without TLS therefore serves both as well, although it has no ALPN.
 *
 * @module
 */
import * as http2 from "node:http2";
import * as net from "node:net";
import * as tls from "node:tls";
import type {
  HandshakeLimits,
  Http2Limits,
  Http2Sink,
  Listener,
  ListenOptions,
  Runtime,
} from "../../../transport/runtime.ts";
import { bind } from "../bind.ts";
import { listenHttpOnTransports } from "../http/over_transports.ts";
import { socketOptions } from "../net.ts";
import { SYSTEM_KEEPALIVE_MS, transportOf } from "../socket_transport.ts";
import { handshakeTimeoutOf, limitHandshakes } from "../tls_handshakes.ts";
import { secureOptions } from "../tls_server.ts";
import { endStreamLater } from "./end_later.ts";
import { endTogether } from "./end_together.ts";
import { toFields } from "./header_fields.ts";
import { OfferedStream } from "./offered_stream.ts";
import { answerStream } from "./ordinary.ts";
import { firstBytes, isPreface } from "./preface.ts";
import { SESSION_MEMORY_MB } from "./session_memory.ts";
import { Sessions } from "./sessions.ts";

const DEFAULT_MAX_STREAMS = 256;
const DEFAULT_STREAM_WINDOW_BYTES = 65_535;

/** Options of {@linkcode listenHttp2}. */
export type Http2ListenOptions = ListenOptions & HandshakeLimits & { readonly limits: Http2Limits };

/** Listens; see `Runtime.listenHttp2`. Rejects with the system's error. */
export async function listenHttp2(
  options: Http2ListenOptions,
  sink: Http2Sink,
): Promise<Listener> {
  const sessions = new Sessions(options);
  const modern = serveModern(options.limits, { sink, sessions });
  const listen: Runtime["listen"] = (_options, onTransport) => {
    const onSocket = async (socket: net.Socket): Promise<void> => {
      socket.removeAllListeners("end"); // Node's own, which ends sockets that may not be half open
      const first = await firstBytes(socket, handshakeTimeoutOf(options));
      if (first === null) return;
      if (!isPreface(first)) return onTransport(transportOf(socket));
      endTogether(socket);
      // The pongs on paused streams are not read, so the system probes the peer.
      socket.setKeepAlive(true, SYSTEM_KEEPALIVE_MS);
      modern.emit("connection", socket);
    };
    return bind(makeServer(options, (socket) => void onSocket(socket)), options);
  };
  const { http } = sink;
  const listener = http === null
    ? await listen(options, sink.onTransport)
    : await listenHttpOnTransports(listen, options, http);
  return {
    address: listener.address,
    async close(timeoutMs) {
      sessions.close();
      await listener.close(timeoutMs);
    },
  };
}

function makeServer(
  options: Http2ListenOptions,
  onSocket: (socket: net.Socket) => void,
): net.Server {
  if (options.tls === undefined) return net.createServer(socketOptions, onSocket);
  const { cert, key } = options.tls;
  const server = tls.createServer({
    ...secureOptions,
    cert,
    key,
    ALPNProtocols: ["h2", "http/1.1"],
    handshakeTimeout: handshakeTimeoutOf(options),
  }, onSocket);
  limitHandshakes(server, options);
  return server;
}

/** Makes the HTTP/2 server. It is given sockets and does not listen itself. */
function serveModern(
  limits: Http2Limits,
  { sink, sessions }: { sink: Http2Sink; sessions: Sessions },
): http2.Http2Server {
  const { maxStreams = DEFAULT_MAX_STREAMS, streamWindowBytes = DEFAULT_STREAM_WINDOW_BYTES } =
    limits;
  const server = http2.createServer({
    maxSessionMemory: SESSION_MEMORY_MB,
    settings: {
      enableConnectProtocol: true,
      maxConcurrentStreams: maxStreams,
      initialWindowSize: streamWindowBytes,
    },
  });
  server.on("session", (session) => {
    sessions.add(session, { maxStreams, streamWindowBytes });
  });
  // Node's types lack the last parameter.
  const onStream = (
    stream: http2.ServerHttp2Stream,
    headers: http2.IncomingHttpHeaders,
    _flags: number,
    rawHeaders: readonly string[],
  ): void => {
    stream.on("error", () => {}); // `close` reports its end
    endStreamLater(stream);
    sessions.addStream(stream);
    const fields = toFields(rawHeaders);
    if (headers[":method"] !== "CONNECT") return void answerStream(stream, fields, sink.http);
    sink.connect(fields, new OfferedStream(stream, undefined));
  };
  server.on("stream", onStream);
  server.on("sessionError", () => {}); // faults of the peer, which end the session
  return server;
}
