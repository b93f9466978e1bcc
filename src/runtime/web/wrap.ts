/**
 * `wrapWebSocket`: a WHATWG `WebSocket` that the user has made, as a connection.
 *
 * @module
 */
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from "../../defaults.ts";
import type { ConnectionContext, Handshake } from "../../connection/context.ts";
import type { WebSocketConnection, WebSocketHandler } from "../../handler.ts";
import { attach } from "../../connection/attach.ts";
import { checkHandler } from "../../connection/check_handler.ts";
import { systemClock } from "../../clock.ts";
import { reportOnConsole } from "../../connection/context.ts";
import { WebSocketError } from "../../errors.ts";
import { type ConnectionLimits, resolveLimits } from "../../connection/limits.ts";
import { atLeast, checkKnown, type OptionChecks } from "../../options.ts";
import { whenOpen } from "../../native/when_open.ts";
import { WebSocketAdapter, type WebSocketLike } from "../../native/web_socket.ts";

/** Limits of a wrapped connection, and its handler. */
export interface WrapOptions extends Omit<ConnectionLimits, "pingIntervalMs" | "pongTimeoutMs"> {
  /** Runs this handler on the connection, instead of leaving the reading to the caller. */
  handler?: WebSocketHandler;
  /** The connection's `request`. Default: one made of the socket's `url`, which a server's socket does not have. */
  request?: Request;
  /**
   * Milliseconds until the socket must be open.
   *
   * @default {10000} A slow mobile link takes two or three seconds.
   */
  handshakeTimeoutMs?: number;
  /** Stops waiting, closes the socket, and rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called with the error if the handler throws. Default: `console.error`. */
  onError?: (error: unknown, connection?: WebSocketConnection) => void;
}

/** All options. Their values are checked where they are read. */
const WRAP_CHECKS: OptionChecks<WrapOptions> = {
  maxMessageBytes: null,
  maxBufferedBytes: null,
  closeTimeoutMs: null,
  handler: null,
  request: null,
  handshakeTimeoutMs: null,
  signal: null,
  onError: null,
};

/**
 * Makes a connection of a WHATWG `WebSocket`: a browser's, a Worker's, that of
 * `Deno.upgradeWebSocket`, or the global one of Node and Bun. Wrap the socket in the turn of the event
 * loop that made it, because messages before that are lost.
 *
 * Such a socket lacks the following:
 *
 * - *Receive backpressure.* It cannot be paused. Unread messages are kept up to
 *   `maxBufferedBytes`; then the connection is failed with 1008 and `ERR_RECEIVE_LIMIT`.
 * - *`maxMessageBytes` before a message is held.* It is checked when the platform delivers
 *   the message, and fails the connection with 1009.
 * - *Fragments.* `send` with `final: false`, with a stream or with an async iterable,
 *   `readFragment()` and `readStream()` reject with `ERR_NOT_SUPPORTED`.
 * - *`ping()`, `pong()` and keepalive.* The first two reject with `ERR_NOT_SUPPORTED`;
 *   keepalive is the platform's, so that there are no options for it.
 * - *`compress: false`*, if the platform has agreed on an extension: `ERR_NOT_SUPPORTED`.
 * - *Close codes.* A client's `close()` takes 1000 and 3000 to 4999, others reject with
 *   `ERR_NOT_SUPPORTED`. Where the connection is failed with 1008, 1009 or 1011, the peer is
 *   told 4008, 4009 or 4011.
 * - *`abort()`* ends the connection at once, but unless the socket has `terminate()`, the peer
 *   is told 4006, and the platform drops the transport in its own time.
 * - *`remoteAddress`* is `null`.
 *
 * @param socket The socket, connecting or open.
 * @returns The connection, once the socket is open.
 * @throws {WebSocketError} `ERR_CONNECT` or `ERR_HANDSHAKE_TIMEOUT` if the socket does not
 * open, `ERR_CLOSED` if it is closing or closed.
 * @throws {TypeError} if the handler has the wrong shape.
 * @throws {RangeError} if a limit or a timeout makes no sense.
 *
 * @example
 * ```ts
 * import { wrapWebSocket } from "@fullduplex/websocket/web";
 *
 * export async function greet(socket: WebSocket): Promise<string | null> {
 *   const connection = await wrapWebSocket(socket);
 *   await connection.send("hello");
 *   const answer = await connection.readText({ timeoutMs: 5_000 });
 *   await connection.close();
 *   return answer;
 * }
 * ```
 */
export async function wrapWebSocket(
  socket: WebSocketLike,
  options: WrapOptions = {},
): Promise<WebSocketConnection> {
  checkKnown("wrapWebSocket", options, WRAP_CHECKS);
  const { handler = null, onError = reportOnConsole, signal } = options;
  if (handler !== null) checkHandler(handler);
  const timeoutMs = atLeast(
    1,
    "handshakeTimeoutMs",
    options.handshakeTimeoutMs ?? DEFAULT_HANDSHAKE_TIMEOUT_MS,
  );
  const limits = resolveLimits(options);
  const clock = systemClock;
  const keepalive = { add() {}, delete() {}, makePings }; // the platform sends no ping of ours
  const context: ConnectionContext = { platform: { clock }, limits, keepalive, onError };
  const adapter = new WebSocketAdapter(socket, { clock, limits });
  return await whenOpen(socket, { clock, timeoutMs, signal }, () => {
    adapter.listen();
    const handshake = handshakeOf(socket, options.request);
    return attach(handler, { wire: adapter.wire, handshake, context });
  });
}

function makePings(): never {
  throw new WebSocketError("ERR_NOT_SUPPORTED", "ping, pong: a WHATWG WebSocket has neither");
}

/** The opening handshake, as far as the platform tells it. */
function handshakeOf(socket: WebSocketLike, request: Request | undefined): Handshake {
  const { protocol, extensions } = socket;
  if (request !== undefined) return { protocol, extensions, request };
  const url = (socket.url || "ws://unknown.invalid/").replace(/^ws/, "http"); // as Request has it
  return {
    protocol,
    extensions,
    httpVersion: null, // a browser may choose HTTP/2 for a client
    get request() {
      return request ??= new Request(url);
    },
  };
}
