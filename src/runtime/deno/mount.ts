/**
 * WebSockets on a `Deno.serve` that the user already has.
 *
 * @module
 */
import type { Address } from "../../message.ts";
import type { AcceptedUpgrade } from "../../server/pending_handshake.ts";
import type { HandlerProducer, WebSocketHandler } from "../../handler.ts";
import { MOUNT_CHECKS, type MountOptions } from "../../server/upgrade_options.ts";
import { resolveLimits } from "../../connection/limits.ts";
import { CloseCode } from "../../protocol/close_code.ts";
import { type FetchUpgradeDetails, makeMount, type Mount } from "../../server/mount.ts";
import { Upgrader } from "../../server/upgrader.ts";
import { toAddress } from "./address.ts";
import { denoHost } from "./host.ts";
import { NativeOpening } from "../../server/native_opening.ts";
import { whenOpen } from "../../native/when_open.ts";
import { WebSocketAdapter } from "../../native/web_socket.ts";
import { checkOptions } from "../../connection/option_checks.ts";

/**
 * The part of `Deno.ServeHandlerInfo` that is used, written out so that no user needs Deno's types.
 */
export interface DenoServeInfo {
  /** Address of the peer. */
  readonly remoteAddr: {
    readonly transport: string;
    readonly hostname?: string;
    readonly port?: number;
  };
}

/** The WebSockets of a `Deno.serve` that the user has started. */
export interface DenoMount<Context = unknown> extends Mount {
  /**
   * Answers a request that asks for a WebSocket, inside of the handler of `Deno.serve`. Resolves to
   * the response: a refusal, or the one that makes the request a connection. `info` is the second
   * argument of that handler; without it `remoteAddress` is `null`. The function is bound to the
   * mount.
   */
  readonly upgrade: (
    request: Request,
    info?: DenoServeInfo,
    details?: FetchUpgradeDetails<Context>,
  ) => Promise<Response>;
}

/**
 * Adds WebSockets to a `Deno.serve` that the user starts. It changes no server: the user calls
 * `upgrade` in the server's handler.
 *
 * The WebSockets are Deno's own. They lack the following; `serve` with the option `fetch` has all
 * of these.
 *
 * - *Receive backpressure.* Unread messages are kept up to `maxBufferedBytes`. Then the connection
 *   is failed with 1008, and its `cause` is `ERR_RECEIVE_LIMIT`.
 * - *A limit before a message is held.* `maxMessageBytes` is checked when Deno has the whole
 *   message.
 * - *`abort()` at once.* The peer is told 4006, and Deno decides when to drop the transport.
 * - *Every Close.* If a message of the client crosses it, Deno 2.9.6 ends the connection without
 *   the Close, and the client sees 1006.
 * - *Pings and fragments.* `ping()`, `pong()`, sending a fragment, `readFragment()` and
 *   `readStream()` reject with `ERR_NOT_SUPPORTED`.
 * - *The library's own keepalive.* Deno sends a ping after half of `pingIntervalMs + pongTimeoutMs`
 *   without traffic, and ends the connection after all of it.
 *
 * @param options Which requests to accept; all have defaults. The limits of the request's head
 * apply after Deno's own. `compression` is not supported.
 * @param handler The handler of every connection, or a function that chooses one.
 * @throws {TypeError} if the handler or an option has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 *
 * @example
 * ```ts
 * import { mount } from "@fullduplex/websocket/deno";
 *
 * const websockets = mount({}, {
 *   message: (connection, message) => connection.send(message),
 * });
 * const server = Deno.serve({ port: 0 }, (request, info) => {
 *   if (request.headers.has("upgrade")) return websockets.upgrade(request, info);
 *   return new Response("hello\n");
 * });
 * await server.shutdown();
 * ```
 */
export function mount<Context = unknown>(
  options: MountOptions,
  handler: WebSocketHandler<Context> | HandlerProducer<Context>,
): DenoMount<Context> {
  checkOptions("mount", options, MOUNT_CHECKS);
  const { match, ...upgradeOptions } = options;
  const { pingIntervalMs, pongTimeoutMs } = resolveLimits(options);
  const upgrader = new Upgrader({
    handler: handler as WebSocketHandler | HandlerProducer,
    mount: { match },
    options: { ...upgradeOptions, pingIntervalMs: Infinity },
    platform: denoHost.platform,
  });
  const silenceMs = pingIntervalMs + pongTimeoutMs;
  const idleTimeout = silenceMs === Infinity ? 0 : Math.ceil(silenceMs / 1000);
  return {
    ...makeMount(upgrader),
    upgrade: async (request, info, details = {}) => {
      // It is read now, because Deno has no address for an upgraded request.
      const remoteAddress = info === undefined ? null : toAddress(info.remoteAddr);
      const open = (
        accepted: AcceptedUpgrade<WebSocketHandler>,
        opening: NativeOpening<Response>,
      ): Response => {
        const { protocol } = accepted.handshake;
        const agreed = protocol === "" ? {} : { protocol };
        const { socket, response } = Deno.upgradeWebSocket(request, { ...agreed, idleTimeout });
        for (const [name, value] of accepted.headers) response.headers.append(name, value);
        attachLater({ upgrader, socket, accepted, opening, remoteAddress });
        return response;
      };
      const { context, fallback } = details, peerAddress = remoteAddress;
      return await new NativeOpening({ upgrader, request, peerAddress, context, fallback, open })
        .run();
    },
  };
}

interface Upgrading {
  readonly upgrader: Upgrader;
  readonly socket: WebSocket;
  readonly accepted: AcceptedUpgrade<WebSocketHandler>;
  readonly opening: NativeOpening<Response>;
  readonly remoteAddress: Address | null;
}

/**
 * Attaches the handler when Deno has opened the socket, which happens after the response was sent.
 */
async function attachLater(
  { upgrader, socket, accepted, opening, remoteAddress }: Upgrading,
): Promise<void> {
  const { platform: { clock }, limits } = upgrader.context;
  const timeoutMs = upgrader.options.handshakeTimeoutMs;
  const adapter = new WebSocketAdapter(socket, { clock, limits, remoteAddress });
  try {
    await whenOpen(socket, { clock, timeoutMs }, () => {
      if (opening.hasEnded) return socket.close(CloseCode.GoingAway, "server is closing");
      opening.finish();
      adapter.listen();
      const { handshake } = accepted;
      upgrader.attach(accepted, { wire: adapter.wire, handshake });
    });
  } catch {
    // The timeout has passed because the client has left, which Deno 2.9.6 does not report.
    opening.finish();
  }
}
