/**
 * WebSockets on a server of `node:http` or `node:https` that the user already has, also one of
 * Express, Fastify, Koa and others that are built on these.
 *
 * @module
 */
import { Duplex } from "node:stream";
import type { HandlerProducer, WebSocketHandler } from "../../handler.ts";
import { MOUNT_CHECKS, type MountOptions } from "../../server/upgrade_options.ts";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { isWebSocketConnect } from "../../handshake/extended_connect.ts";
import { openStream } from "../../server/stream_opening.ts";
import { toFields } from "../node_builtins/http2/header_fields.ts";
import { OfferedStream } from "../node_builtins/http2/offered_stream.ts";
import type {
  NodeHttp2Headers,
  NodeHttp2Stream,
  NodeUpgradeRequest,
  NodeUpgradeSocket,
} from "./native_types.ts";
import { makeMount, type Mount, type UpgradeDetails } from "../../server/mount.ts";
import { TransportUpgrades } from "../../server/transport_upgrades.ts";
import { Upgrader } from "../../server/upgrader.ts";
import { toRequestHead } from "../node_builtins/http/server.ts";
import { nodePlatform } from "./platform.ts";
import { schemeOf, toOwnBytes } from "../node_builtins/socket_transport.ts";
import { zlibEngine } from "../node_builtins/zlib/codec.ts";
import { OfferedSocket } from "../node_builtins/http/offered_socket.ts";
import { checkOptions } from "../../connection/option_checks.ts";

/** The WebSockets of a `node:http` or `node:https` server that the user has started. */
export interface NodeMount<Context = unknown> extends Mount {
  /**
   * The listener for `upgrade` events of the server: `server.on("upgrade", mount.upgrade)`. It
   * refuses the request, or makes its socket a connection. The function is bound to the mount.
   *
   * A request that is not meant for this mount (see `match`, and a producer that returns
   * `undefined`) is left alone: its socket is neither read nor written to. If no other listener of
   * the server takes the socket within a second, the request is answered with 404.
   *
   * @returns Resolves to whether the mount took the socket. Never rejects.
   * @throws {TypeError} if `socket` is no `Duplex` of `node:stream`.
   */
  readonly upgrade: (
    request: NodeUpgradeRequest,
    socket: NodeUpgradeSocket,
    head: Uint8Array,
    details?: UpgradeDetails<Context>,
  ) => Promise<boolean>;
  /**
   * The listener for `stream` events of a server of `node:http2`, whose settings are to have
   * `enableConnectProtocol: true`: `server.on("stream", mount.stream)`. Streams that do not request
   * a WebSocket (RFC 8441), and those for other paths, are left alone. If no other listener answers
   * such a stream within a second, it is answered with 404.
   *
   * A server with a listener for `request` answers every CONNECT with 405, unless it has one for
   * `connect`. Such a listener has to call the mount: `server.on("connect", ({ stream, headers })
   * => mount.stream(stream, headers))`.
   *
   * @returns Resolves to whether the mount took the stream. Never rejects.
   * @throws {TypeError} if `stream` is no `Duplex` of `node:stream`.
   */
  readonly stream: (
    stream: NodeHttp2Stream,
    headers: NodeHttp2Headers,
    flags?: number,
    rawHeaders?: readonly string[],
    details?: UpgradeDetails<Context>,
  ) => Promise<boolean>;
}

/**
 * Adds WebSockets to a `node:http` or `node:https` server that the user starts. It changes no
 * server: the user adds `upgrade` as a listener. The connections are the same as those of `serve`.
 *
 * @param options Which requests to accept; all have defaults. The limits of the request's head
 * apply after the server's own.
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
export function mount<Context = unknown>(
  options: MountOptions,
  handler: WebSocketHandler<Context> | HandlerProducer<Context>,
): NodeMount<Context> {
  checkOptions("mount", options, MOUNT_CHECKS);
  const { match, ...upgradeOptions } = options;
  const upgrader = new Upgrader({
    handler: handler as WebSocketHandler | HandlerProducer,
    mount: { match },
    options: upgradeOptions,
    platform: { ...nodePlatform, deflate: zlibEngine },
  });
  const upgrades = new TransportUpgrades(upgrader);
  return {
    ...makeMount(upgrader),
    upgrade(request, socket, head, { context } = {}) {
      if (!(socket instanceof Duplex)) {
        throw new TypeError(
          "upgrade: socket must be a Duplex of node:stream, as `upgrade` events have",
        );
      }
      const offered = new OfferedSocket(socket, context);
      const input = { transport: offered, early: toOwnBytes(head), scheme: schemeOf(socket) };
      upgrades.upgrade(toRequestHead(request), input);
      return offered.isTaken;
    },
    async stream(stream, headers, _flags, rawHeaders, { context } = {}) {
      if (!(stream instanceof Duplex)) {
        throw new TypeError("stream: must be a Duplex of node:stream, as `stream` events have");
      }
      const fields = toFields(rawHeaders ?? (headers as IncomingHttpHeaders));
      if (!isWebSocketConnect(fields)) return false;
      const offered = new OfferedStream(stream as Duplex as ServerHttp2Stream, context);
      openStream(upgrader, offered, fields);
      return await offered.isTaken;
    },
  };
}
