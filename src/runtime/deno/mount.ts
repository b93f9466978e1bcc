/**
 * WebSockets on a `Deno.serve` that the user already has.
 *
 * @module
 */
import type { Address } from "../../message.ts";
import type { AcceptedUpgrade } from "../../server/pending_handshake.ts";
import type { HandlerProducer, WebSocketHandler } from "../../handler.ts";
import { UPGRADE_CHECKS, type UpgradeOptions } from "../../server/upgrade_options.ts";
import { resolveLimits } from "../../connection/limits.ts";
import { CloseCode } from "../../protocol/close_code.ts";
import { makeMount, type Mount } from "../../server/mount.ts";
import { Upgrader } from "../../server/upgrader.ts";
import { toAddress } from "./address.ts";
import { denoHost } from "./host.ts";
import { NativeOpening } from "../../server/native_opening.ts";
import { whenOpen } from "../../native/when_open.ts";
import { WebSocketAdapter } from "../../native/web_socket.ts";
import { checkOptions } from "../../connection/option_checks.ts";

/** What is used of what `Deno.serve` tells its handler, so that no user needs Deno's types. */
export interface DenoServeInfo {
  /** The other end. */
  readonly remoteAddr: {
    readonly transport: string;
    readonly hostname?: string;
    readonly port?: number;
  };
}

/** WebSockets of a `Deno.serve` that belongs to somebody else. */
export interface DenoMount extends Mount {
  /**
   * Answers a request that asks for a WebSocket: refuses it, or makes a connection of it.
   * It is bound. `info` is what `Deno.serve` tells its handler; without it,
   * `remoteAddress` is `null`.
   */
  readonly upgrade: (request: Request, info?: DenoServeInfo) => Promise<Response>;
}

/**
 * Makes what a `Deno.serve` needs for WebSockets. They are Deno's own, and cannot keep
 * every promise of a connection: there is no receive backpressure (what comes unread is
 * kept up to `maxBufferedBytes`, then the connection is failed with 1008 and
 * `ERR_RECEIVE_LIMIT`), `maxMessageBytes` is checked when Deno has the whole message,
 * `abort()` tells the peer 4006 and drops the transport in Deno's own time, and `ping()`, `pong()`, fragments,
 * `readFragment()` and `readStream()` reject with `ERR_NOT_SUPPORTED`. Keepalive is Deno's:
 * a ping after half of `pingIntervalMs` and `pongTimeoutMs` together, the end after all of it.
 * `serve` with `fetch` keeps all promises.
 *
 * @param options What to accept; all have defaults. Limits of the request's head hold
 * beside the server's own. There is no compression here (`ERR_NOT_SUPPORTED`).
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
export function mount(
  options: UpgradeOptions,
  handler: WebSocketHandler | HandlerProducer,
): DenoMount {
  checkOptions("mount", options, UPGRADE_CHECKS);
  const { pingIntervalMs, pongTimeoutMs } = resolveLimits(options);
  const upgrader = new Upgrader({
    handler,
    options: { ...options, pingIntervalMs: Infinity },
    platform: denoHost.platform,
  });
  const silenceMs = pingIntervalMs + pongTimeoutMs;
  const idleTimeout = silenceMs === Infinity ? 0 : Math.ceil(silenceMs / 1000);
  return {
    ...makeMount(upgrader),
    upgrade: (request, info) => {
      // Read now: once the request is upgraded Deno no longer knows the address.
      const remoteAddress = info === undefined ? null : toAddress(info.remoteAddr);
      const open = (
        accepted: AcceptedUpgrade<WebSocketHandler>,
        opening: NativeOpening<Response>,
      ): Response => {
        const { protocol } = accepted.handshake;
        const agreed = protocol === "" ? {} : { protocol };
        const { socket, response } = Deno.upgradeWebSocket(request, { ...agreed, idleTimeout });
        attachLater({ upgrader, socket, accepted, opening, remoteAddress });
        return response;
      };
      return new NativeOpening({ upgrader, request, open }).run();
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

/** Deno opens the socket when it has sent the response. */
async function attachLater(
  { upgrader, socket, accepted, opening, remoteAddress }: Upgrading,
): Promise<void> {
  const { platform: { clock }, limits } = upgrader.context;
  const timeoutMs = upgrader.options.handshakeTimeoutMs;
  const adapter = new WebSocketAdapter(socket, { clock, limits, remoteAddress });
  try {
    await whenOpen(socket, { clock, timeoutMs }, () => {
      if (opening.isOver) return socket.close(CloseCode.GoingAway, "server is closing");
      opening.finish();
      adapter.listen();
      const { handshake } = accepted;
      upgrader.attach(accepted, { wire: adapter.wire, handshake });
    });
  } catch {
    opening.finish(); // the client has left; Deno 2.9.6 does not tell, so that the time was up
  }
}
