/**
 * The adapter for Deno: `serve` and `connect` without looking for the runtime, and mounting
 * on a server that the user already has.
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

/** Starts a server on Deno; as `serve` of the main entry point. */
export async function serve(
  options: ServeOptions,
  handler: WebSocketHandler | HandlerProducer,
): Promise<WebSocketServer> {
  return await startServer(denoHost, options, handler);
}

/** Connects to a server from Deno; as `connect` of the main entry point. */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  return await startClient(denoHost, url, options);
}

export * from "../../public.ts";
export { mount } from "./mount.ts";
export type { DenoMount, DenoServeInfo } from "./mount.ts";
export type { Mount } from "../../server/mount.ts";
