/**
 * The adapter for Node: `serve` and `connect` without looking for the runtime, and mounting
 * on a server that the user already has.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket/node";
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
import { nodeHost } from "./host.ts";

/** Starts a server on Node; as `serve` of the main entry point. */
export async function serve(
  options: ServeOptions,
  handler: WebSocketHandler | HandlerProducer,
): Promise<WebSocketServer> {
  return await startServer(nodeHost, options, handler);
}

/** Connects to a server from Node; as `connect` of the main entry point. */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  return await startClient(nodeHost, url, options);
}

export * from "../../public.ts";
export { mount } from "./mount.ts";
export type { NodeMount } from "./mount.ts";
export type { NodeUpgradeRequest, NodeUpgradeSocket } from "./native_types.ts";
export type { Mount } from "../../server/mount.ts";
