/**
 * `connect` by the platform's `WebSocket`, for browsers and Workers.
 *
 * @module
 */
import type { ConnectOptions } from "../../client/client.ts";
import type { WebSocketConnection } from "../../handler.ts";
import { WebSocketError } from "../../errors.ts";
import { attachReader } from "../../connection/attach_reader.ts";
import { openSocket } from "./open_socket.ts";

/** Options that do not exist in a browser, which decides these details itself. */
const NOT_SUPPORTED = [
  "headers",
  "tls",
  "path",
  "proxy",
  "maxRedirects",
  "lookup",
  "address",
  "localAddress",
  "family",
  "httpVersion",
  "compression",
  "maxHeadBytes",
  "maxHeaderFields",
  "pingIntervalMs",
  "pongTimeoutMs",
] as const;

/**
 * Connects to a WebSocket server with the platform's own `WebSocket`, so that code written
 * for `connect` of the main entry point runs in a browser. What such a connection cannot do
 * is listed at {@linkcode wrapWebSocket}.
 *
 * @param url `ws:` or `wss:` (or `http:`, `https:`).
 * @param options Those of the main entry point, except for header fields, TLS, compression and
 * keepalive: a browser decides on these itself, and an option about one rejects with
 * `ERR_NOT_SUPPORTED`.
 * @returns The open connection.
 * @throws {WebSocketError} `ERR_CONNECT` if the connection fails; a browser does not report whether
 *   the network or the server refused it. `ERR_HANDSHAKE_TIMEOUT` after `handshakeTimeoutMs`.
 *   `ERR_NOT_SUPPORTED` for the options above.
 * @throws {DOMException} `SyntaxError` for a URL of another scheme or wrong subprotocols.
 *
 * @example
 * ```ts
 * import { connect } from "@fullduplex/websocket/web";
 *
 * export async function ask(question: string): Promise<string | null> {
 *   const connection = await connect("wss://example.com/ask", { protocols: "ask.example" });
 *   try {
 *     await connection.send(question);
 *     return await connection.readText();
 *   } finally {
 *     await connection.close();
 *   }
 * }
 * ```
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  for (const name of NOT_SUPPORTED) {
    if (options[name] === undefined) continue;
    throw new WebSocketError("ERR_NOT_SUPPORTED", `connect: a browser decides on ${name} itself`);
  }
  options.signal?.throwIfAborted();
  const { protocols = [], allowNoProtocol, ...rest } = options;
  const target = new URL(url);
  // Older browsers accept only `ws` and `wss`.
  target.protocol = target.protocol.replace("http", "ws");
  const offered = typeof protocols === "string" ? [protocols] : [...protocols];
  const { handler } = options;
  // The handler's code is loaded before the socket is made, so that no message arrives earlier.
  const attach = handler === undefined
    ? attachReader
    : (await import("../../connection/attach_checked.ts")).attachChecked(handler);
  const connection = await openSocket(new WebSocket(target, offered), rest, attach);
  // Firefox and Deno open a WebSocket if the server has chosen no subprotocol. Other browsers fail
  // it.
  if (connection.protocol !== "" || offered.length === 0 || allowNoProtocol) return connection;
  connection.abort();
  throw new WebSocketError("ERR_HANDSHAKE", `connect: the server speaks none of ${offered}`);
}
