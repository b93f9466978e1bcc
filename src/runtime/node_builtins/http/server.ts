/**
 * An HTTP server that shares its port with upgrades, on `node:http` and `node:https`. It is Node's; its
 * functions for requests serve `over_transports.ts`, too.
 *
 * @module
 */
import * as http from "node:http";
import * as https from "node:https";
import type {
  HandshakeLimits,
  HttpSink,
  Listener,
  ListenOptions,
} from "../../../transport/runtime.ts";
import type { RequestHead } from "../../../handshake/head.ts";
import { RequestBody, toHeaderList, toRequest } from "./request.ts";
import { sendResponse, sendStatus } from "./response.ts";
import { DEFAULT_HANDSHAKE_TIMEOUT_MS, DEFAULT_MAX_HEAD_BYTES } from "../../../defaults.ts";
import { bind } from "../bind.ts";
import { handshakeTimeoutOf, limitHandshakes } from "../tls_handshakes.ts";
import { toOwnBytes, transportOf } from "../socket_transport.ts";

/** Limits of a request's head. They are those of the opening handshake, because any head may become one. */
export const serverOptions: http.ServerOptions & {
  shouldUpgradeCallback(message: http.IncomingMessage): boolean;
} = {
  headersTimeout: DEFAULT_HANDSHAKE_TIMEOUT_MS,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: DEFAULT_MAX_HEAD_BYTES,
  shouldUpgradeCallback: asksForWebSocket,
};

/** Listens; see `Runtime.listenHttp`. Rejects with the system's error. */
export function listenHttp(
  options: ListenOptions & HandshakeLimits,
  sink: HttpSink,
): Promise<Listener> {
  const { tls } = options;
  const server = tls === undefined ? http.createServer(serverOptions) : https.createServer({
    ...serverOptions,
    allowHalfOpen: true, // as it is without TLS
    cert: tls.cert,
    key: tls.key,
    handshakeTimeout: handshakeTimeoutOf(options),
  });
  if (server instanceof https.Server) limitHandshakes(server, options);
  server.on("request", (message, response) => void answer({ message, response, sink }));
  server.on("upgrade", (message, socket, rest) => {
    sink.upgrade(toRequestHead(message), transportOf(socket), toOwnBytes(rest));
  });
  return bind(server, options);
}

/** The head of a request as `node:http` parsed it, for example in an `upgrade` event. */
export function toRequestHead(
  message: Pick<http.IncomingMessage, "method" | "url" | "httpVersion"> & {
    readonly rawHeaders: readonly string[];
  },
): RequestHead {
  const { method = "", url: target = "", httpVersion: version, rawHeaders } = message;
  return { method, target, version, headers: toHeaderList(rawHeaders) };
}

/**
 * Whether a request asks for a WebSocket. An upgrade to another protocol may be ignored, and one of
 * HTTP/1.0 must be (RFC 9110 section 7.8); Java's client asks for h2c by default. Node before 22.21
 * does not call this, and emits `upgrade` for all of them.
 */
function asksForWebSocket({ httpVersion, headers }: http.IncomingMessage): boolean {
  return httpVersion === "1.1" && /(^|[\s,])websocket($|[\s,/])/i.test(headers.upgrade ?? "");
}

/** One ordinary request and its response. */
export interface Exchange {
  readonly message: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly sink: HttpSink;
  /** Called when more of the request's body is wanted. */
  readonly onBodyRead?: () => void;
}

/** Answers an ordinary request. Never rejects. */
export async function answer({ message, response, sink, onBodyRead }: Exchange): Promise<void> {
  const gone = new AbortController();
  const body = RequestBody.of(message, onBodyRead);
  const leave = (): void => {
    gone.abort(new DOMException("The client is gone", "AbortError"));
    body?.release(gone.signal.reason);
  };
  message.on("error", leave);
  response.on("error", leave);
  response.on("close", () => response.writableFinished ? body?.release() : leave());
  let request: Request;
  try {
    request = toRequest(message, gone.signal, body);
  } catch {
    return sendStatus(response, 400);
  }
  try {
    await sendResponse(response, await sink.fetch(request));
  } catch {
    sendStatus(response, 500);
  }
}
