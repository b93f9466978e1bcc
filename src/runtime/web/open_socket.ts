/**
 * Opens a WHATWG `WebSocket` as a connection. The caller passes the function that attaches a reader
 * or a handler, so that a client without a handler does not load the code for handlers.
 *
 * @module
 */
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from "../../defaults.ts";
import type { AttachOptions } from "../../connection/attach_options.ts";
import type { ConnectionContext, Handshake } from "../../connection/context.ts";
import type { WebSocketConnection, WebSocketHandler } from "../../handler.ts";
import { systemClock } from "../../clock.ts";
import { reportOnConsole } from "../../connection/context.ts";
import { WebSocketError } from "../../errors.ts";
import { type ConnectionLimits, resolveMessageLimits } from "../../connection/limits.ts";
import { atLeast } from "../../options.ts";
import { whenOpen } from "../../native/when_open.ts";
import { WebSocketAdapter, type WebSocketLike } from "../../native/web_socket.ts";

/** Options of a wrapped connection. */
export interface WrapOptions extends Omit<ConnectionLimits, "pingIntervalMs" | "pongTimeoutMs"> {
  /** Handler that runs on the connection. Without it the caller reads the connection. */
  handler?: WebSocketHandler;
  /**
   * The connection's `request`.
   *
   * @default {one made of the socket's `url`} A server's socket has no `url`.
   */
  request?: Request;
  /**
   * Milliseconds until the socket must be open.
   *
   * @default {10000} A slow mobile link takes two or three seconds.
   */
  handshakeTimeoutMs?: number;
  /** Stops waiting, closes the socket, and rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Called with the error if the handler throws.
   *
   * @default {console.error}
   */
  onError?: (error: unknown, connection?: WebSocketConnection) => void;
}

/** Waits until a socket is open, and attaches a reader or a handler in that very turn. */
export async function openSocket(
  socket: WebSocketLike,
  options: WrapOptions,
  attach: (options: AttachOptions) => WebSocketConnection,
): Promise<WebSocketConnection> {
  const { onError = reportOnConsole, signal } = options;
  const timeoutMs = atLeast(
    1,
    "handshakeTimeoutMs",
    options.handshakeTimeoutMs ?? DEFAULT_HANDSHAKE_TIMEOUT_MS,
  );
  const limits = resolveMessageLimits(options);
  const clock = systemClock;
  const keepalive = { add() {}, delete() {}, makePings }; // a WHATWG WebSocket cannot send pings
  const context: ConnectionContext = { platform: { clock }, limits, keepalive, onError };
  const adapter = new WebSocketAdapter(socket, { clock, limits });
  return await whenOpen(socket, { clock, timeoutMs, signal }, () => {
    adapter.listen();
    const handshake = handshakeOf(socket, options.request);
    return attach({ wire: adapter.wire, handshake, context });
  });
}

function makePings(): never {
  throw new WebSocketError("ERR_NOT_SUPPORTED", "ping, pong: a WHATWG WebSocket has neither");
}

/** The details of the opening handshake that the platform exposes. */
function handshakeOf(
  { protocol, extensions, url }: WebSocketLike,
  request: Request | undefined,
): Handshake {
  return {
    protocol,
    extensions,
    httpVersion: request === undefined ? null : "1.1", // a browser may choose HTTP/2 for a client
    get request() {
      return request ??= new Request((url || "ws://unknown.invalid/").replace(/^ws/, "http")); // as it has it
    },
  };
}
