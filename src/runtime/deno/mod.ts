/**
 * The adapter for Deno: `serve` and `connect` on Deno's own sockets, and `mount` for a `Deno.serve`
 * that exists already.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket/deno";
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
import { denoHost } from "./host.ts";

/**
 * Starts a server on Deno.
 *
 * @param options Where to listen and what to accept; all have defaults.
 * Deno needs the flag `--unstable-net` for `reusePort` together with `tls`.
 * @param handler The handler of every connection, or a function that chooses one.
 * @returns The running server, once it accepts connections.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 * @throws {WebSocketError} `ERR_NOT_SUPPORTED` for `tls` on a unix socket, and for `reusePort` with
 * `tls` without `--unstable-net`.
 * @throws {WebSocketError} `ERR_LISTEN` if the address cannot be bound, for example because it is
 *   in use; `cause` is the runtime's error.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket/deno";
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
  return await startServer(denoHost, options, handler);
}

/**
 * Connects to a WebSocket server from Deno.
 *
 * @param url `ws:` or `wss:` (or `http:`, `https:`), or `ws+unix:PATH:/target` for a unix socket.
 * @param options Subprotocols, header fields, TLS, limits; all have defaults.
 * Deno has neither TLS on a unix socket nor `tls.serverName` together with a client certificate:
 * both reject with `ERR_CONNECT`, and `cause` is `ERR_NOT_SUPPORTED`.
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
 * import { connect, serve } from "@fullduplex/websocket/deno";
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
  return await startClient(denoHost, url, options);
}

export * from "../../public.ts";
export { mount } from "./mount.ts";
export type { DenoMount, DenoServeInfo } from "./mount.ts";
export type { FetchUpgradeDetails, Mount, UpgradeDetails } from "../../server/mount.ts";
