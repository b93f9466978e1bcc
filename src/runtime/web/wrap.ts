/**
 * `wrapWebSocket`: a WHATWG `WebSocket` that the user has made, as a connection.
 *
 * @module
 */
import type { WebSocketConnection } from "../../handler.ts";
import { attach } from "../../connection/attach.ts";
import { checkHandler } from "../../connection/check_handler.ts";
import type { WebSocketLike } from "../../native/web_socket.ts";
import { checkOptions, isSignal, isType } from "../../connection/option_checks.ts";
import { describe, type OptionChecks } from "../../options.ts";
import { openSocket, type WrapOptions } from "./open_socket.ts";

const CHECKS: OptionChecks<WrapOptions> = {
  maxMessageBytes: null,
  maxBufferedBytes: null,
  closeTimeoutMs: null,
  handler: null,
  request: isType("object"),
  handshakeTimeoutMs: null,
  signal: isSignal,
  onError: isType("function"),
};

/**
 * Makes a connection of a WHATWG `WebSocket`: a browser's, a Worker's, that of
 * `Deno.upgradeWebSocket`, or the global one of Node and Bun. Wrap the socket in the same turn of
 * the event loop in which it was made, because earlier messages are lost.
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
 * @throws {TypeError} if the socket, the handler or an option has the wrong shape.
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
  if (typeof socket?.addEventListener !== "function") {
    throw new TypeError(`wrapWebSocket: socket must be a WebSocket, not ${describe(socket)}`);
  }
  checkOptions("wrapWebSocket", options, CHECKS);
  const { handler = null } = options;
  if (handler !== null) checkHandler(handler);
  return await openSocket(socket, options, (attached) => attach(handler, attached));
}
