/**
 * The adapter for Bun: `serve` and `connect` on Bun's own sockets, and `mount` for a `Bun.serve`
 * that exists already.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket/bun";
 *
 * const server = await serve({ port: 0 }, {
 *   message: (connection, message) => connection.send(message),
 * });
 * await server.close();
 * ```
 *
 * @module
 */
import type {
  ConnectOptions,
  HandlerProducer,
  ServeOptions,
  WebSocketConnection,
  WebSocketHandler,
  WebSocketServer,
} from "../../public.ts";
import { startClient } from "../../client/client.ts";
import { startServer } from "../../server/server.ts";
import { bunHost } from "./host.ts";

/**
 * Starts a server on Bun.
 *
 * @param options Where to listen and what to accept; all have defaults.
 * @param handler The handler of every connection, or a function that chooses one.
 * @returns The running server, once it accepts connections.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 * @throws {WebSocketError} `ERR_LISTEN` if the address cannot be bound, for example because it is
 *   in use; `cause` is the runtime's error.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket/bun";
 *
 * const server = await serve({ port: 0 }, {
 *   message: (connection, message) => connection.send(message),
 * });
 * console.log("listening on", server.address);
 * await server.close();
 * ```
 */
export async function serve(
  options: ServeOptions,
  handler: WebSocketHandler | HandlerProducer,
): Promise<WebSocketServer> {
  return await startServer(bunHost, options, handler);
}

/**
 * Connects to a WebSocket server from Bun.
 *
 * @param url `ws:` or `wss:` (or `http:`, `https:`), or `ws+unix:PATH:/target` for a unix socket.
 * @param options Subprotocols, header fields, TLS, limits; all have defaults.
 * @returns The open connection, which the caller reads.
 * @throws {WebSocketError} `ERR_CONNECT` if no transport could be made, `ERR_CERTIFICATE` for a
 *   certificate that is not the expected one, `ERR_PROXY` for what a proxy answered,
 *   `ERR_NOT_SUPPORTED` for an option that this runtime cannot do, `ERR_HANDSHAKE`,
 *   `ERR_HANDSHAKE_STATUS` or `ERR_HANDSHAKE_REDIRECT` for what the server answered, and
 *   `ERR_HANDSHAKE_TIMEOUT` after `handshakeTimeoutMs`.
 * @throws {TypeError} if the URL or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 *
 * @example
 * ```ts
 * import { connect, serve } from "@fullduplex/websocket/bun";
 *
 * const path = `/tmp/${crypto.randomUUID()}.sock`;
 * const server = await serve({ path }, {
 *   open: (connection) => connection.send("welcome"),
 * });
 * const connection = await connect("ws://localhost/", { path });
 * console.log(await connection.readText()); // welcome
 * await server.close();
 * ```
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  return await startClient(bunHost, url, options);
}

export * from "../../public.ts";
export { mount } from "./mount.ts";
export type { BunMount } from "./mount.ts";
export type {
  BunHttpServer,
  BunServerWebSocket,
  BunWebSocketData,
  BunWebSocketHandler,
} from "./native_types.ts";
export type { FetchUpgradeDetails, Mount, UpgradeDetails } from "../../server/mount.ts";
