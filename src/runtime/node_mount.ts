/**
 * WebSockets on a server that the user already has: one of `node:http` or `node:https`, and
 * all that is built on them (Express, Fastify, Koa and so on).
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import { DEFAULT_DRAIN_MS, type ServerCloseOptions } from "../server/server.ts";
import type { UpgradeOptions } from "../server/upgrade_options.ts";
import { atLeast } from "../connection/limits.ts";
import { Upgrader } from "../server/upgrader.ts";
import { toRequestHead } from "./node_http.ts";
import { nodePlatform } from "./node_platform.ts";
import { toOwnBytes, transportOf } from "./node_socket.ts";

/** WebSockets of a server that belongs to somebody else. */
export interface NodeMount extends AsyncDisposable {
  /**
   * Takes an `upgrade` event of the server: refuses the request, or makes its socket a
   * connection. It is bound: `server.on("upgrade", mount.upgrade)`.
   */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, rest: Uint8Array) => void;
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection>;
  /**
   * Refuses what is new with 503, tells every connection 1001, waits for them, then drops
   * what is left. The server goes on; closing it does not close its WebSockets.
   */
  close(options?: ServerCloseOptions): Promise<void>;
}

/**
 * Makes what a server needs for WebSockets, without a server.
 *
 * @param options What to accept; all have defaults. Limits of the request's head are the server's own.
 * @param handler The handler of every connection, or a function that chooses one.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { mount } from "@fullduplex/websocket/node";
 *
 * const websockets = mount({}, {
 *   message: (connection, message) => connection.send(message),
 * });
 * const server = createServer((_request, response) => response.end("hello\n"));
 * server.on("upgrade", websockets.upgrade);
 * ```
 */
export function mount(
  options: UpgradeOptions,
  handler: WebSocketHandler | HandlerProducer,
): NodeMount {
  const upgrader = new Upgrader({ handler, options, platform: nodePlatform });
  let closing: Promise<void> | null = null;
  // deno-lint-ignore require-await -- what throws must reject
  const close = async ({ timeoutMs = DEFAULT_DRAIN_MS }: ServerCloseOptions = {}): Promise<void> =>
    closing ??= upgrader.close(atLeast(0, "timeoutMs", timeoutMs));
  return {
    upgrade(request, socket, rest) {
      upgrader.upgrade(toRequestHead(request), {
        transport: transportOf(socket),
        rest: toOwnBytes(rest),
        scheme: "encrypted" in socket && socket.encrypted === true ? "https" : "http",
      });
    },
    connections: upgrader.connections,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
