/**
 * The adapter for Bun: `serve` and `connect` without looking for the runtime, and mounting
 * on a server that the user already has.
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

/** Starts a server on Bun; as `serve` of the main entry point. */
export async function serve(
  options: ServeOptions,
  handler: WebSocketHandler | HandlerProducer,
): Promise<WebSocketServer> {
  return await startServer(bunHost, options, handler);
}

/** Connects to a server from Bun; as `connect` of the main entry point. */
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
export type { Mount } from "../../server/mount.ts";
