/**
 * The public contract: what a user writes (a handler) and what it is given (a connection).
 * The same on every runtime.
 *
 * @module
 */
import type { Address, Message } from "./message.ts";

/** The part of a message that one frame carries (RFC 6455 section 5.4). */
export type Fragment =
  | { readonly type: "text"; readonly data: string; readonly final: boolean }
  | { readonly type: "binary"; readonly data: Uint8Array; readonly final: boolean };

/** One message as it arrives, for messages too large to hold. */
export type MessageStream =
  | { readonly type: "text"; readonly readable: ReadableStream<string> }
  | { readonly type: "binary"; readonly readable: ReadableStream<Uint8Array> };

/** How a connection ended, and through whom. */
export interface CloseInfo {
  /** The close code of the side that ended it (RFC 6455 section 7.4): 1005 if its Close had none, 1006 without a Close. */
  readonly code: number;
  /** The close reason, at most 123 bytes of UTF-8; often empty. */
  readonly reason: string;
  /** Whether both sides' Close frames were exchanged (RFC 6455 section 7.1.4). */
  readonly wasClean: boolean;
  /** Who ended it: this side, the peer, or the transport between them. */
  readonly initiator: "local" | "remote" | "transport";
  /** What lies under an ending that was not asked for; always there when `code` is 1006. */
  readonly cause?: unknown;
}

/** States of a connection, numbered as WHATWG does. */
export const ReadyState = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;
/** One of the values of {@linkcode ReadyState}. A connection is given to handlers when it is `OPEN`. */
export type ReadyState = (typeof ReadyState)[keyof typeof ReadyState];

/** Options of one read. */
export interface ReadOptions {
  /** Milliseconds until the read rejects with a `TimeoutError`. Default: the connection's `readTimeoutMs`. */
  timeoutMs?: number;
  /** Rejects the read with the signal's reason. Nothing is lost: the message comes at the next read. */
  signal?: AbortSignal;
}

/** Options of one send. */
export interface SendOptions {
  /** `false` sends a fragment: the next `send` continues the message. Default `true`. */
  final?: boolean;
  /** `false` sends this message uncompressed, for secrets beside attacker-chosen text (CRIME). Default `true`. */
  compress?: boolean;
  /** Stops waiting for room. While an async iterable is being sent, fails the connection: half a message is out. */
  signal?: AbortSignal;
}

/** All that `send` takes. */
export type Sendable = Message | ArrayBuffer | ReadableStream<Message> | AsyncIterable<Message>;

/**
 * One open WebSocket connection, server or client side.
 *
 * Reading is pull: a read takes the next message, in order, and while nobody reads the
 * peer is held back. A handler with `message` is fed instead, and the read methods
 * reject with `ERR_READ_CONFLICT`.
 */
export interface WebSocketConnection extends AsyncIterable<Message>, AsyncDisposable {
  /** The subprotocol agreed on, or `""`. */
  readonly protocol: string;
  /** The extensions agreed on, as the response named them, or `""`. */
  readonly extensions: string;
  /** The request of the opening handshake; on a client, the one that was sent. */
  readonly request: Request;
  /** The other end of the transport, or `null` where the runtime does not tell. Behind a proxy: the proxy. */
  readonly remoteAddress: Address | null;
  /** `OPEN`, `CLOSING` or `CLOSED`. */
  readonly readyState: ReadyState;
  /** Bytes accepted by `send()` and not yet given to the system. */
  readonly bufferedAmount: number;
  /** Milliseconds each read waits before it rejects with a `TimeoutError`. Default `Infinity`. */
  readTimeoutMs: number;

  /** Takes the next message; `null` once the connection is closed and all is read. */
  read(options?: ReadOptions): Promise<Message | null>;
  /** Like `read`, for protocols of text: a binary message rejects with `ERR_MESSAGE_TYPE`. */
  readText(options?: ReadOptions): Promise<string | null>;
  /** Like `read`, for binary protocols: a text message rejects with `ERR_MESSAGE_TYPE`. */
  readBinary(options?: ReadOptions): Promise<Uint8Array | null>;
  /** Takes the next fragment: what one frame carried, inflated if it was compressed. Each is bound by `maxMessageBytes`, the message is not. */
  readFragment(options?: ReadOptions): Promise<Fragment | null>;
  /** Takes the next message as a stream, which begins with its first bytes and is not bound by `maxMessageBytes`. */
  readStream(options?: ReadOptions): Promise<MessageStream | null>;

  /**
   * Sends a message (or with `final: false` a fragment). The bytes are taken at once and
   * in order; the promise is fulfilled when the connection can take more, so `await` is
   * backpressure. A large message that is compressed goes out in slices, as fragments, in later
   * turns of the event loop; a Close waits for it. It rejects with `ERR_CLOSED` once the connection is not open; a
   * rejection nobody looks at is not an unhandled rejection.
   */
  send(message: Sendable, options?: SendOptions): Promise<void>;
  /** Sends a ping of at most 125 bytes and gives the round trip in milliseconds. */
  ping(payload?: Message): Promise<number>;
  /** Sends an unasked pong of at most 125 bytes. Pings are answered without it. */
  pong(payload?: Message): Promise<void>;
  /** Starts the closing handshake and waits until it is over, at most `closeTimeoutMs`. Default code 1000. */
  close(code?: number, reason?: string): Promise<CloseInfo>;
  /** Drops the transport now, without a closing handshake. `cause` ends up in `closed`. */
  abort(cause?: unknown): void;
  /** How the connection ended. Never rejects. */
  readonly closed: Promise<CloseInfo>;

  /** The messages as a stream; made when first asked for, and then the only reader. */
  readonly readable: ReadableStream<Message>;
  /** Sends each chunk as a message; closing it closes with 1000. Made when first asked for. */
  readonly writable: WritableStream<Message>;
}

/**
 * What a user writes: one object per kind of connection, on every runtime.
 *
 * A handler has `session` (pull: it owns the connection for its whole life) or `message`
 * (push: it is fed one message at a time, the next after the promise of the last), never both.
 *
 * @example Pull and push, the same echo
 * ```ts
 * import type { WebSocketHandler } from "@fullduplex/websocket";
 *
 * export const pull: WebSocketHandler = {
 *   async session(connection) {
 *     for await (const message of connection) await connection.send(message);
 *   },
 * };
 *
 * export const push: WebSocketHandler = {
 *   message: (connection, message) => connection.send(message),
 * };
 * ```
 */
export interface WebSocketHandler {
  /** Subprotocol this handler speaks. Answered only if the client offered it. */
  readonly protocol?: string;
  /** Owns the connection. When it returns, the connection is closed with 1000; when it throws, with 1011. */
  session?(connection: WebSocketConnection, request: Request): void | Promise<void>;
  /** Called once, before any message; messages that arrive meanwhile wait for its promise. */
  open?(connection: WebSocketConnection, request: Request): void | Promise<void>;
  /** Called with each message, in order, one at a time. */
  message?(connection: WebSocketConnection, message: Message): void | Promise<void>;
  /** Called once, after the last message. */
  close?(connection: WebSocketConnection, closing: CloseInfo): void | Promise<void>;
}

/**
 * Chooses the handler for one opening handshake. A `Response` refuses it with exactly
 * that status, headers and body; `null` refuses with 400; throwing refuses with 500.
 */
export type HandlerProducer = (
  request: Request,
  protocols: readonly string[],
) => WebSocketHandler | Response | null | Promise<WebSocketHandler | Response | null>;
