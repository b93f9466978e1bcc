/**
 * The public contract: the handler that a user writes, and, from `contract.ts`, the connection that
 * it is given. It is the same on every runtime.
 *
 * @module
 */
import type { CloseInfo, SendingConnection, WebSocketConnection } from "./contract.ts";
import type { Address, Message } from "./message.ts";

export { CLOSED, CLOSING, OPEN, ReadyState } from "./contract.ts";
export type {
  CloseInfo,
  Fragment,
  MessageStream,
  ReadOptions,
  Sendable,
  SendingConnection,
  SendOptions,
  WebSocketConnection,
} from "./contract.ts";

/** The part that both kinds of handler have in common. */
export interface HandlerBase<Context = unknown> {
  /** Subprotocol that this handler speaks. The response names it only if the client offered it. */
  readonly protocol?: string;
  /**
   * Called once, before the first message is delivered. Messages wait for the promise that it
   * returns.
   */
  open?(connection: SendingConnection<Context>, request: Request): unknown;
  /** Called once, after the last message. Only `server.close()` waits for its promise. */
  close?(connection: SendingConnection<Context>, closing: CloseInfo): unknown;
  /**
   * Called when the server begins to close (`server.close()`), before the connection's Close is
   * sent. It is the place to send a last message. The Close waits for the promise that it returns,
   * at most until `timeoutMs` has passed. Until then, messages are delivered as before.
   */
  drain?(connection: SendingConnection<Context>): unknown;
  /**
   * Called with each ping of the peer when it arrives, even while messages wait. The ping is
   * answered automatically.
   */
  ping?(connection: SendingConnection<Context>, payload: Uint8Array): unknown;
  /**
   * Called with each pong of the peer when it arrives. Answers to keepalive's pings have an empty
   * payload. Neither `ping` nor `pong` is called over a native WebSocket that does not report
   * control frames.
   */
  pong?(connection: SendingConnection<Context>, payload: Uint8Array): unknown;
}

/**
 * Pull: the handler reads from the connection when it wants to, until its promise settles. Choose
 * it for protocols with turns, for large messages as streams, and for timeouts per read.
 *
 * @example
 * ```ts
 * import type { SessionHandler } from "@fullduplex/websocket";
 *
 * export const echo: SessionHandler = {
 *   async session(connection) {
 *     for await (const message of connection) await connection.send(message);
 *   },
 * };
 * ```
 */
export interface SessionHandler<Context = unknown> extends HandlerBase<Context> {
  /** When it returns, the connection is closed with 1000; when it throws, with 1011. */
  session(connection: WebSocketConnection<Context>, request: Request): unknown;
  /** Absent: a handler with `session` reads by itself. */
  readonly message?: undefined;
  /** Absent: a handler with `session` decides itself how many messages it reads. */
  readonly concurrency?: undefined;
}

/**
 * Push: the handler is called with one message at a time, and again when its promise has settled;
 * with `concurrency`, several calls run at once. Choose it for most servers. It is the faster kind,
 * because no promise is needed for a message.
 *
 * @example
 * ```ts
 * import type { MessageHandler } from "@fullduplex/websocket";
 *
 * export const echo: MessageHandler = {
 *   message: (connection, message) => connection.send(message),
 * };
 * ```
 */
export interface MessageHandler<Context = unknown> extends HandlerBase<Context> {
  /**
   * Most calls of `message` whose promises may be pending at the same time. Calls begin in order.
   * At this number the peer is paused; `Infinity` never pauses it.
   *
   * @default {1} A handler finishes one message before it is given the next.
   */
  readonly concurrency?: number;
  /** Called with each message, in order, one at a time or as `concurrency` says. */
  message?(connection: SendingConnection<Context>, message: Message): unknown;
  /** Absent: a handler with `message` does not read. */
  readonly session?: undefined;
}

/**
 * The application's code for one kind of connection. It has `session` or `message`, never both, and
 * works the same on every runtime. A promise that a method returns is awaited. A
 * `message` or `session` that returns a string or bytes is an error; any other result is ignored. A
 * method that throws closes the connection with 1011, and the error goes to `onError`.
 */
export type WebSocketHandler<Context = unknown> =
  | SessionHandler<Context>
  | MessageHandler<Context>;

/** Details of an opening handshake, for the producer that decides on it. */
export interface Opening<Context = unknown> {
  /** The client's address, as `remoteAddress` of the connection will be. */
  readonly remoteAddress: Address | null;
  /** The other end of the transport, as `peerAddress` of the connection will be. */
  readonly peerAddress: Address | null;
  /** The value that was passed to `mount.upgrade`, as `context` of the connection will be. */
  readonly context: Context;
  /** Header fields of the 101 response, empty at first: `Set-Cookie` for example. */
  readonly responseHeaders: Headers;
}

/** The answer of a {@linkcode HandlerProducer}. */
export type Produced<Context = unknown> = WebSocketHandler<Context> | Response | null | undefined;

/**
 * Chooses the handler for one opening handshake. A `Response` refuses it with exactly that status,
 * headers and body; `null` refuses with 400; throwing refuses with 500.
 *
 * `undefined` means that the request is not meant for this handler. A mount then leaves the socket
 * alone, so that another library on the same server can take it; a server refuses with 404.
 *
 * @param request The request of the opening handshake.
 * @param protocols The subprotocols that the client offers, in its order.
 * @param opening The client's address, the mount's `context`, and the headers of the response.
 */
export type HandlerProducer<Context = unknown> = (
  request: Request,
  protocols: readonly string[],
  opening: Opening<Context>,
) => Produced<Context> | Promise<Produced<Context>>;
