/**
 * WebSockets on a `Bun.serve` that the user already has.
 *
 * @module
 */
import type { Address } from "../../message.ts";
import type { AcceptedUpgrade } from "../../server/pending_handshake.ts";
import type { HandlerProducer, WebSocketHandler } from "../../handler.ts";
import { UPGRADE_CHECKS, type UpgradeOptions } from "../../server/upgrade_options.ts";
import type { BunHttpServer, BunWebSocketData, BunWebSocketHandler } from "./native_types.ts";
import { resolveLimits } from "../../connection/limits.ts";
import { WebSocketError } from "../../errors.ts";
import { makeMount, type Mount } from "../../server/mount.ts";
import { Upgrader } from "../../server/upgrader.ts";
import { bunHost } from "./host.ts";
import { BunWebSocket } from "./native_socket.ts";
import { NativeOpening } from "../../server/native_opening.ts";
import { checkOptions } from "../../connection/option_checks.ts";

/** WebSockets of a `Bun.serve` that belongs to somebody else. */
export interface BunMount extends Mount {
  /**
   * Answers a request that asks for a WebSocket: refuses it, or makes a connection of it and
   * gives `undefined`, which is what Bun wants then. It is bound.
   */
  readonly upgrade: (
    request: Request,
    server: BunHttpServer<BunWebSocketData>,
  ) => Promise<Response | undefined>;
  /** For `websocket` of `Bun.serve`, which takes one: all its WebSockets are this mount's. */
  readonly websocket: BunWebSocketHandler<BunWebSocketData>;
}

/** The longest that Bun counts. */
const MAX_IDLE_SECONDS = 960;
/** Bun counts bytes in 32 bits. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Makes what a `Bun.serve` needs for WebSockets. They are Bun's own, and cannot keep every
 * promise of a connection: there is no receive backpressure (what comes unread is kept up to
 * `maxBufferedBytes`, then the connection is failed with 1008 and `ERR_RECEIVE_LIMIT`), `close()`
 * does not wait for the peer's Close (so that `wasClean` is `false`, and `cause` says why),
 * and fragments, `readFragment()` and `readStream()` reject with `ERR_NOT_SUPPORTED`.
 * Keepalive is Bun's: a ping after half of `pingIntervalMs` and `pongTimeoutMs` together, the
 * end after all of it, at most 960 seconds. `serve` with `fetch` keeps all promises.
 *
 * @param options What to accept; all have defaults. Limits of the request's head hold
 * beside the server's own. `compression: true` turns on Bun's; its details are not supported.
 * @param handler The handler of every connection, or a function that chooses one.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 * @throws {WebSocketError} `ERR_NOT_SUPPORTED` for details of compression.
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
export function mount(
  options: UpgradeOptions,
  handler: WebSocketHandler | HandlerProducer,
): BunMount {
  checkOptions("mount", options, UPGRADE_CHECKS);
  const { compression = false, ...upgradeOptions } = options;
  if (typeof compression !== "boolean") {
    throw new WebSocketError("ERR_NOT_SUPPORTED", "compression: Bun takes true or false");
  }
  const limits = resolveLimits(options);
  const upgrader = new Upgrader({
    handler,
    options: { ...upgradeOptions, pingIntervalMs: Infinity },
    platform: bunHost.platform,
  });
  return {
    ...makeMount(upgrader),
    websocket: {
      ...BunWebSocket.events,
      maxPayloadLength: Math.min(limits.maxMessageBytes, MAX_BYTES),
      backpressureLimit: MAX_BYTES, // the limit is ours: Bun would drop messages
      ...idleLimit(limits.pingIntervalMs + limits.pongTimeoutMs),
      perMessageDeflate: compression,
    },
    upgrade: (request, server) => {
      const remoteAddress = addressOf(server.requestIP(request));
      const open = (
        accepted: AcceptedUpgrade<WebSocketHandler>,
        opening: NativeOpening<undefined>,
      ): undefined => {
        const socket = new BunWebSocket({ upgrader, accepted, opening, remoteAddress });
        // Bun answers with the first subprotocol offered, unless this field says what, if only "".
        const headers = { "Sec-WebSocket-Protocol": accepted.handshake.protocol };
        if (server.upgrade(request, { data: socket, headers })) return;
        opening.finish();
        if (request.signal.aborted) return; // the client has left
        throw new TypeError("upgrade: the request is not one of this server's, or was answered");
      };
      return new NativeOpening({ upgrader, request, open }).run();
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
