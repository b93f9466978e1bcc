/**
 * WebSockets for every JavaScript runtime: one handler, server and client, on Deno, Bun
 * and Node.
 *
 * @example A server, and a client that talks to it
 * ```ts
 * import { connect, serve } from "@fullduplex/websocket";
 *
 * const server = await serve({}, {
 *   message: (connection, message) => connection.send(message),
 * });
 * if (server.address.transport === "tcp") {
 *   const connection = await connect(`ws://127.0.0.1:${server.address.port}/`);
 *   await connection.send("hello");
 *   console.log(await connection.readText()); // hello
 *   await connection.close();
 * }
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
} from "./src/public.ts";
import { startClient } from "./src/client/client.ts";
import { loadHost } from "./src/runtime/any/host.ts";
import { startServer } from "./src/server/server.ts";

/**
 * Starts a server on the runtime it is called on.
 *
 * @param options Where to listen and what to accept; all have defaults.
 * @param handler The handler of every connection, or a function that chooses one.
 * @returns The running server, once it accepts connections.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 * @throws {WebSocketError} `ERR_LISTEN` if the address cannot be bound, for example because it is in use;
 * `cause` is the runtime's error.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 *
 * const server = await serve({ port: 0 }, {
 *   async session(connection) {
 *     for await (const message of connection) await connection.send(message);
 *   },
 * });
 * console.log("listening on", server.address);
 * await server.close(); // or `await using server`, from Node 24 on
 * ```
 */
export async function serve(
  options: ServeOptions,
  handler: WebSocketHandler | HandlerProducer,
): Promise<WebSocketServer> {
  return await startServer(await loadHost(), options, handler);
}

/**
 * Connects to a WebSocket server.
 *
 * @param url `ws:` or `wss:` (or `http:`, `https:`), or `ws+unix:PATH:/target` for a unix socket.
 * @param options Subprotocols, header fields, TLS, limits; all have defaults.
 * @returns The open connection, which the caller reads.
 * @throws {WebSocketError} `ERR_CONNECT` if no transport could be made, `ERR_CERTIFICATE` for a
 * certificate that is not the expected one, `ERR_PROXY` for what a proxy answered,
 * `ERR_NOT_SUPPORTED` for an option that this runtime cannot do, `ERR_HANDSHAKE`,
 * `ERR_HANDSHAKE_STATUS` or `ERR_HANDSHAKE_REDIRECT` for what the server answered, and
 * `ERR_HANDSHAKE_TIMEOUT` after `handshakeTimeoutMs`.
 * @throws {TypeError} if the URL or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 *
 * @example
 * ```ts
 * import { connect, serve } from "@fullduplex/websocket";
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
  return await startClient(await loadHost(), url, options);
}

export * from "./src/public.ts";
