/**
 * WebSockets on a server that the user already has: one of `node:http` or `node:https`, and
 * all that is built on them (Express, Fastify, Koa and so on).
 *
 * @module
 */
import { Duplex } from "node:stream";
import type { HandlerProducer, WebSocketHandler } from "../../handler.ts";
import { UPGRADE_CHECKS, type UpgradeOptions } from "../../server/upgrade_options.ts";
import type { NodeUpgradeRequest, NodeUpgradeSocket } from "./native_types.ts";
import { makeMount, type Mount } from "../../server/mount.ts";
import { TransportUpgrades } from "../../server/transport_upgrades.ts";
import { Upgrader } from "../../server/upgrader.ts";
import { toRequestHead } from "../node_builtins/http/server.ts";
import { nodePlatform } from "./platform.ts";
import { schemeOf, toOwnBytes, transportOf } from "../node_builtins/socket_transport.ts";
import { zlibEngine } from "../node_builtins/zlib/codec.ts";
import { checkOptions } from "../../connection/option_checks.ts";

/** WebSockets of a `node:http` or `node:https` server that belongs to somebody else. */
export interface NodeMount extends Mount {
  /**
   * Takes an `upgrade` event of the server: refuses the request, or makes its socket a
   * connection. It is bound: `server.on("upgrade", mount.upgrade)`.
   */
  readonly upgrade: (
    request: NodeUpgradeRequest,
    socket: NodeUpgradeSocket,
    rest: Uint8Array,
  ) => void;
}

/**
 * Makes what a server needs for WebSockets, without a server.
 *
 * @param options What to accept; all have defaults. Limits of the request's head hold beside the server's own.
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
  checkOptions("mount", options, UPGRADE_CHECKS);
  const platform = { ...nodePlatform, deflate: zlibEngine };
  const upgrader = new Upgrader({ handler, options, platform });
  const upgrades = new TransportUpgrades(upgrader);
  return {
    ...makeMount(upgrader),
    upgrade(request, socket, rest) {
      if (!(socket instanceof Duplex)) {
        throw new TypeError(
          "upgrade: socket must be a Duplex of node:stream, as `upgrade` events have",
        );
      }
      upgrades.upgrade(toRequestHead(request), {
        transport: transportOf(socket),
        rest: toOwnBytes(rest),
        scheme: schemeOf(socket),
      });
    },
  };
}
