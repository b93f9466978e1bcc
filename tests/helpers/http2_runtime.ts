/**
 * Streams of `node:http2` as a runtime of the transport suite: each dialed transport is the only
 * stream of a session of its own, and is accepted at once. The sessions end with their listener,
 * because a stream that is paused loses its bytes with its session on Deno (2.9.6).
 *
 * @module
 */
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import type { Address } from "../../src/message.ts";
import { bind } from "../../src/runtime/node_builtins/bind.ts";
import { transportOfStream } from "../../src/runtime/node_builtins/http2/stream_transport.ts";
import type { DialOptions } from "../../src/transport/runtime.ts";
import type { TransportRuntime } from "../contract/transport/pair.ts";

const SETTINGS = { settings: { enableConnectProtocol: true } };

/** The header fields of an extended CONNECT (RFC 8441 section 4). */
export const CONNECT_FIELDS: http2.OutgoingHttpHeaders = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "https",
  ":path": "/",
  ":authority": "test",
  "sec-websocket-version": "13",
};

const sessions = new Set<http2.Http2Session>();

/** Dials and accepts streams. */
export const http2Runtime: TransportRuntime = {
  async listen(options, accept) {
    const { tls } = options;
    const server = tls === undefined
      ? http2.createServer(SETTINGS)
      : http2.createSecureServer({ ...SETTINGS, cert: tls.cert, key: tls.key });
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200 });
      accept(transportOfStream(stream, null));
    });
    server.on("sessionError", () => {});
    const { address, close } = await bind(server, options);
    return {
      address,
      async close() {
        await close();
        for (const session of sessions) session.close();
      },
    };
  },
  async dial(options, sink) {
    const session = openSession(options);
    await new Promise<void>((resolve, reject) => {
      session.once("error", reject);
      session.once("remoteSettings", () => resolve());
    });
    session.on("error", () => {});
    const stream = session.request(CONNECT_FIELDS);
    const transport = transportOfStream(stream, addressOf(options));
    transport.sink = sink;
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    await new Promise((resolve) => stream.once("response", resolve));
    return transport;
  },
};

function addressOf(options: DialOptions): Address {
  if (options.path !== undefined) return { transport: "unix", path: options.path };
  const { hostname, port } = options;
  return { transport: "tcp", hostname, port };
}

/** A client's session at the place that dialing options name. */
export function openSession(options: DialOptions): http2.ClientHttp2Session {
  const { path, tls } = options;
  const ca = tls?.ca === undefined ? {} : { ca: [tls.ca].flat() };
  if (path !== undefined) return http2.connect("http://localhost", { path });
  return http2.connect(`${tls ? "https" : "http"}://${options.hostname}:${options.port}`, ca);
}

/** The port of a server that listens on TCP. */
export function portOf(server: http2.Http2Server | http2.Http2SecureServer): number {
  return (server.address() as AddressInfo).port;
}
