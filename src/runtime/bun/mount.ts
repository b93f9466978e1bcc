/**
 * WebSockets on a `Bun.serve` that the user already has.
 *
 * @module
 */
import type { Address } from "../../message.ts";
import type { AcceptedUpgrade } from "../../server/pending_handshake.ts";
import type { HandlerProducer, WebSocketHandler } from "../../handler.ts";
import { MOUNT_CHECKS, type MountOptions } from "../../server/upgrade_options.ts";
import type { BunHttpServer, BunWebSocketData, BunWebSocketHandler } from "./native_types.ts";
import { resolveLimits } from "../../connection/limits.ts";
import { WebSocketError } from "../../errors.ts";
import { type FetchUpgradeDetails, makeMount, type Mount } from "../../server/mount.ts";
import { Upgrader } from "../../server/upgrader.ts";
import { bunHost } from "./host.ts";
import { BunWebSocket } from "./native_socket.ts";
import { NativeOpening } from "../../server/native_opening.ts";
import { checkOptions } from "../../connection/option_checks.ts";

/** The WebSockets of a `Bun.serve` that the user has started. */
export interface BunMount<Context = unknown> extends Mount {
  /**
   * Answers a request that asks for a WebSocket, inside of `fetch`. Resolves to a response that
   * refuses the request, or to `undefined` if it has become a connection. In that case Bun sends
   * the response itself. The function is bound to the mount.
   */
  readonly upgrade: (
    request: Request,
    server: BunHttpServer<BunWebSocketData>,
    details?: FetchUpgradeDetails<Context>,
  ) => Promise<Response | undefined>;
  /**
   * The value for `websocket` of `Bun.serve`. A server has only one such value, so all its
   * WebSockets belong to this mount.
   */
  readonly websocket: BunWebSocketHandler<BunWebSocketData>;
}

/** The longest `idleTimeout` that Bun takes. */
const MAX_IDLE_SECONDS = 960;
/** Bun's limits in bytes are signed 32-bit integers. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Adds WebSockets to a `Bun.serve` that the user starts. It changes no server: the user calls
 * `upgrade` in `fetch`, and gives `websocket` to `Bun.serve`.
 *
 * The WebSockets are Bun's own. They lack the following; `serve` with the option `fetch` has all of
 * these.
 *
 * - *Receive backpressure.* Unread messages are kept up to `maxBufferedBytes`. Then the connection
 *   is failed with 1008, and its `cause` is `ERR_RECEIVE_LIMIT`.
 * - *A clean close.* `close()` does not wait for the peer's Close: `wasClean` is `false`, and
 *   `cause` says why.
 * - *Fragments.* Sending one, `readFragment()` and `readStream()` reject with `ERR_NOT_SUPPORTED`.
 * - *The library's own keepalive.* Bun sends a ping after half of `pingIntervalMs + pongTimeoutMs`
 *   without traffic and ends the connection after all of it, at most 960 seconds.
 *
 * @param options Which requests to accept; all have defaults. The limits of the request's head
 * apply after Bun's own. `compression` is `true` or `false`, because Bun's has no details to set.
 * @param handler The handler of every connection, or a function that chooses one.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 * @throws {WebSocketError} `ERR_NOT_SUPPORTED` if `compression` is an object.
 *
 * @example
 * ```ts ignore
 * import { mount } from "@fullduplex/websocket/bun";
 *
 * const websockets = mount({}, {
 *   message: (connection, message) => connection.send(message),
 * });
 * Bun.serve({
 *   fetch(request, server) {
 *     if (request.headers.has("upgrade")) return websockets.upgrade(request, server);
 *     return new Response("hello\n");
 *   },
 *   websocket: websockets.websocket,
 * });
 * ```
 */
export function mount<Context = unknown>(
  options: MountOptions,
  handler: WebSocketHandler<Context> | HandlerProducer<Context>,
): BunMount<Context> {
  checkOptions("mount", options, MOUNT_CHECKS);
  const { compression = false, match, ...upgradeOptions } = options;
  if (typeof compression !== "boolean") {
    throw new WebSocketError("ERR_NOT_SUPPORTED", "compression: Bun takes true or false");
  }
  const limits = resolveLimits(options);
  const upgrader = new Upgrader({
    handler: handler as WebSocketHandler | HandlerProducer,
    mount: { match },
    options: { ...upgradeOptions, pingIntervalMs: Infinity },
    platform: bunHost.platform,
  });
  return {
    ...makeMount(upgrader),
    websocket: {
      ...BunWebSocket.events,
      maxPayloadLength: Math.min(limits.maxMessageBytes, MAX_BYTES),
      // Above its own limit Bun drops messages; ours fails the connection.
      backpressureLimit: MAX_BYTES,
      ...idleLimit(limits.pingIntervalMs + limits.pongTimeoutMs),
      perMessageDeflate: compression,
    },
    upgrade: async (request, server, details = {}) => {
      const remoteAddress = addressOf(server.requestIP(request));
      const open = (
        accepted: AcceptedUpgrade<WebSocketHandler>,
        opening: NativeOpening<undefined>,
      ): undefined => {
        const socket = new BunWebSocket({ upgrader, accepted, opening, remoteAddress });
        // Without this field Bun would answer with the first subprotocol offered. "" stands for
        // none.
        const headers = new Headers(accepted.headers.map(([...field]) => field));
        headers.set("Sec-WebSocket-Protocol", accepted.handshake.protocol);
        if (server.upgrade(request, { data: socket, headers })) return;
        opening.finish();
        if (request.signal.aborted) return; // the client has left
        throw new TypeError("upgrade: the request is not one of this server's, or was answered");
      };
      const { context, fallback } = details, peerAddress = remoteAddress;
      return await new NativeOpening({ upgrader, request, peerAddress, context, fallback, open })
        .run();
    },
  };
}

function idleLimit(silenceMs: number): { idleTimeout: number; sendPings: boolean } {
  if (silenceMs === Infinity) return { idleTimeout: 0, sendPings: false };
  return {
    idleTimeout: Math.min(Math.ceil(silenceMs / 1000), MAX_IDLE_SECONDS),
    sendPings: true,
  };
}

function addressOf(end: ReturnType<BunHttpServer<unknown>["requestIP"]>): Address | null {
  if (end === null) return null;
  return { transport: "tcp", hostname: end.address, port: end.port };
}
