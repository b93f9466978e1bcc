/**
 * `connect` by the platform's `WebSocket`, for browsers and Workers.
 *
 * @module
 */
import type { ConnectOptions } from "../../client/client.ts";
import type { WebSocketConnection } from "../../handler.ts";
import { WebSocketError } from "../../errors.ts";
import { checkObject } from "../../options.ts";
import { checkHandler } from "../../connection/check_handler.ts";
import { attachClient } from "./client_owner.ts";
import { openSocket } from "./open_socket.ts";

/**
 * Options that a browser leaves to the page. On all else, header fields and TLS for example, it
 * decides itself.
 */
const TAKEN: readonly string[] = [
  "protocols",
  "allowNoProtocol",
  "handler",
  "signal",
  "onError",
  "handshakeTimeoutMs",
  "closeTimeoutMs",
  "maxMessageBytes",
  "maxBufferedBytes",
] satisfies readonly (keyof ConnectOptions)[];

/**
 * Connects to a WebSocket server with the platform's own `WebSocket`, so that code written
 * for `connect` of the main entry point runs in a browser. What such a connection cannot do
 * is listed at {@linkcode wrapWebSocket}.
 *
 * @param url `ws:` or `wss:` (or `http:`, `https:`). In a page it may be relative to the page's
 *   address.
 * @param options Those of the main entry point, except for header fields, TLS, compression and
 * keepalive: a browser decides on these itself. An option that it does not have rejects with
 * `ERR_NOT_SUPPORTED`, which names those that there are.
 * @returns The open connection.
 * @throws {WebSocketError} `ERR_CONNECT` if the connection fails; a browser does not report whether
 *   the network or the server refused it. `ERR_HANDSHAKE_TIMEOUT` after `handshakeTimeoutMs`.
 *   `ERR_NOT_SUPPORTED` for any other option.
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
  checkOptions(options);
  options.signal?.throwIfAborted();
  const { protocols = [], allowNoProtocol, ...rest } = options;
  const target = new URL(url, globalThis.location?.href);
  // Older browsers accept only `ws` and `wss`.
  target.protocol = target.protocol.replace("http", "ws");
  const offered = typeof protocols === "string" ? [protocols] : [...protocols];
  const { handler } = options;
  if (handler !== undefined) checkHandler(handler);
  const connection = await openSocket(
    new WebSocket(target, offered),
    rest,
    (parts) => attachClient(parts, handler),
  );
  // Firefox and Deno open a WebSocket if the server has chosen no subprotocol. Other browsers fail
  // it.
  if (connection.protocol !== "" || offered.length === 0 || allowNoProtocol) return connection;
  connection.abort();
  throw new WebSocketError("ERR_HANDSHAKE", `connect: the server speaks none of ${offered}`);
}

function checkOptions(options: ConnectOptions): void {
  checkObject("connect", options);
  for (const [name, value] of Object.entries(options)) {
    if (value === null) throw new TypeError(`${name}: must not be null`);
    if (value === undefined || TAKEN.includes(name)) continue;
    const why = `connect: a browser has no option "${name}", only ${TAKEN.join(", ")}`;
    throw new WebSocketError("ERR_NOT_SUPPORTED", why);
  }
}
