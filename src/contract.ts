/**
 * The public contract of a connection: what it sends, reads and tells. It is the same on every
 * runtime.
 *
 * @module
 */
import type { AsyncDisposableLike } from "./disposable.ts";
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
  /**
   * The close code of the side that ended it (RFC 6455 section 7.4): 1005 if its Close had none,
   * 1006 without a Close.
   */
  readonly code: number;
  /** The close reason, at most 123 bytes of UTF-8; often empty. */
  readonly reason: string;
  /** Whether both sides have sent a Close frame (RFC 6455 section 7.1.4). */
  readonly wasClean: boolean;
  /** The side that ended it: this one, the peer, or the transport between them. */
  readonly initiator: "local" | "remote" | "transport";
  /** The error that ended the connection. It is present whenever `code` is 1006. */
  readonly cause?: unknown;
}

// Constants of their own, because a bundler keeps all of an object: see `close_code.ts`.
/** See {@linkcode ReadyState}. */
export const OPEN = 1;
/** See {@linkcode ReadyState}. */
export const CLOSING = 2;
/** See {@linkcode ReadyState}. */
export const CLOSED = 3;

/** States of a connection, numbered as WHATWG does. */
export const ReadyState = { CONNECTING: 0, OPEN, CLOSING, CLOSED } as const;
/** A value of {@linkcode ReadyState}. A connection is given to handlers when it is `OPEN`. */
export type ReadyState = (typeof ReadyState)[keyof typeof ReadyState];

/** Options of one read. */
export interface ReadOptions {
  /**
   * Milliseconds until the read rejects with a `TimeoutError` (a `DOMException`).
   *
   * @default {the connection's `readTimeoutMs`}
   */
  timeoutMs?: number;
  /**
   * Rejects the read with the signal's reason. No message is lost: it is the result of the next
   * read.
   */
  signal?: AbortSignal;
}

/** Options of one send. */
export interface SendOptions {
  /**
   * `false` sends a fragment: the next `send` continues the message (RFC 6455 section 5.4).
   *
   * @default {true} One call is one message, as on other WebSockets.
   */
  final?: boolean;
  /**
   * `false` sends this message uncompressed. Use it for secrets beside text that an attacker
   * chooses (CRIME).
   *
   * @default {true} Once agreed on, compression is used for each message that gets smaller by it.
   */
  compress?: boolean;
  /**
   * Aborts waiting until the connection can take more. While a stream or an async iterable is being
   * sent, an abort fails the connection, because a part of the message has been sent already.
   */
  signal?: AbortSignal;
}

/**
 * The values that `send` takes: a string as text, bytes in any shape as a binary message. A Blob, a
 * stream or an iterable goes out as the fragments of one message.
 */
export type Sendable =
  | Message
  | ArrayBufferLike
  | ArrayBufferView
  | Blob
  | ReadableStream<string>
  | ReadableStream<Uint8Array>
  | ReadableStream<Message>
  | AsyncIterable<Message>;

/**
 * The half of a connection that sends, pings and closes. A handler with `message` is given this
 * half only, because its messages are fed to it and a read would take them away.
 */
export interface SendingConnection<Context = unknown> extends AsyncDisposableLike {
  /** The subprotocol agreed on, or `""` (RFC 6455 section 1.9). */
  readonly protocol: string;
  /** The extensions agreed on, as the response named them, or `""` (RFC 6455 section 9.1). */
  readonly extensions: string;
  /**
   * The version of HTTP that the opening handshake was made in; `null` where the platform does not
   * tell (a browser).
   */
  readonly httpVersion: "1.1" | "2" | null;
  /** The request of the opening handshake; on a client, the one that was sent. */
  readonly request: Request;
  /**
   * The peer's address, or `null` where the runtime does not tell. Behind a proxy that the server's
   * `trustedProxies` names: the address that the proxy tells.
   */
  readonly remoteAddress: Address | null;
  /** The other end of the transport: the proxy, if the peer is behind one. */
  readonly peerAddress: Address | null;
  /**
   * The value that the application passed to `mount.upgrade`, for example the user. A client cannot
   * set it. `undefined` if no value was passed.
   */
  readonly context: Context;
  /** `OPEN`, `CLOSING` or `CLOSED`. */
  readonly readyState: ReadyState;
  /** Bytes accepted by `send()` and not yet given to the system. */
  readonly bufferedAmount: number;
  /** Fulfilled with how the connection ended. Never rejects. */
  readonly closed: Promise<CloseInfo>;
  /**
   * Sends each chunk as a message; closing the stream closes the connection with 1000. It is made
   * at the first access.
   */
  readonly writable: WritableStream<Message>;

  /**
   * Sends a message (or with `final: false` a fragment). The message is queued at once and in
   * order. The promise is fulfilled when the connection can take more, so `await` is backpressure.
   * A rejection that is ignored causes no unhandled rejection.
   *
   * A large message that is compressed goes out in slices, as fragments, in later turns of the
   * event loop; a Close waits for it.
   *
   * The promise may be ignored without losing an error: a value that cannot be sent throws at the
   * call, and a later failure is passed to `onError` as well.
   *
   * @throws {TypeError} if the value cannot be sent, or an option is unknown or has the wrong type.
   * @throws {WebSocketError} `ERR_CLOSED` once the connection is not open, `ERR_SEND_LIMIT`
   * when more than the connection's limit waits to be sent, `ERR_NOT_SUPPORTED` where a native
   * WebSocket cannot do it.
   */
  send(message: Sendable, options?: SendOptions): Promise<void>;
  /**
   * Sends a ping (RFC 6455 section 5.5.2).
   *
   * @param payload At most 125 bytes. Default: a counter of four bytes.
   * @returns The round trip in milliseconds, when its pong has come.
   * @throws {RangeError} if the payload is too long.
   * @throws {WebSocketError} `ERR_CLOSED`, `ERR_NOT_SUPPORTED`.
   */
  ping(payload?: Message): Promise<number>;
  /**
   * Sends a pong that no ping asked for (RFC 6455 section 5.5.3). Pings are answered without it.
   *
   * @param payload At most 125 bytes. Default: none.
   * @throws {RangeError} if the payload is too long.
   * @throws {WebSocketError} `ERR_CLOSED`, `ERR_NOT_SUPPORTED`.
   */
  pong(payload?: Message): Promise<void>;
  /**
   * Starts the closing handshake (RFC 6455 section 7.1.2) and waits until it is over, at most
   * `closeTimeoutMs`.
   *
   * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999; 1005 for a Close without a code
   *   (section 7.1.5). Default 1000.
   * @param reason At most 123 bytes of UTF-8. A longer reason is cut, and `onError` is told.
   *   Default `""`.
   * @returns How the connection ended. A rejection is passed to `onError` as well, so the promise
   *   may be ignored.
   * @throws {RangeError} if the code may not be sent, in any state of the connection.
   * @throws {WebSocketError} `ERR_NOT_SUPPORTED` where a native WebSocket cannot send the code.
   */
  close(code?: number, reason?: string): Promise<CloseInfo>;
  /**
   * Drops the transport now, without a closing handshake. `cause` becomes the cause in `closed`.
   */
  abort(cause?: unknown): void;
}

/**
 * One open WebSocket connection, server or client side.
 *
 * Reading is pull: a read takes the next message, in order, and while no read waits the peer is
 * paused. A connection has one reader: a handler with `session`, or the caller of `connect`.
 */
export interface WebSocketConnection<Context = unknown>
  extends SendingConnection<Context>, AsyncIterable<Message> {
  /**
   * Milliseconds that each read waits before it rejects with a `TimeoutError`.
   *
   * @default {Infinity} A peer may be silent for hours; keepalive detects whether it still answers.
   */
  readTimeoutMs: number;
  /**
   * The messages as a stream. It is made at the first access, and is the only reader from then on.
   */
  readonly readable: ReadableStream<Message>;

  /**
   * Takes the next message; `null` once the connection is closed and all messages are read.
   *
   * @throws {DOMException} `TimeoutError`. No message is lost: it is the result of the next read.
   * @throws {RangeError} if `timeoutMs` makes no sense.
   * @throws {WebSocketError} `ERR_READ_CONFLICT` if the message is being read in another way.
   */
  read(options?: ReadOptions): Promise<Message | null>;
  /**
   * Like `read`, for protocols of text.
   *
   * @throws {WebSocketError} `ERR_MESSAGE_TYPE` if the message is binary, and as `read`.
   */
  readText(options?: ReadOptions): Promise<string | null>;
  /**
   * Like `read`, for binary protocols.
   *
   * @throws {WebSocketError} `ERR_MESSAGE_TYPE` if the message is text, and as `read`.
   */
  readBinary(options?: ReadOptions): Promise<Uint8Array | null>;
  /**
   * Takes the next fragment: the payload of one frame, inflated if it was compressed (RFC 6455
   * section 5.4). `maxMessageBytes` bounds each fragment, not their message.
   *
   * @throws {WebSocketError} `ERR_NOT_SUPPORTED` over a native WebSocket, which gives whole
   *   messages only; other codes as `read`.
   */
  readFragment(options?: ReadOptions): Promise<Fragment | null>;
  /**
   * Takes the next message as a stream as soon as its first bytes have arrived. `maxMessageBytes`
   * does not limit it.
   *
   * @throws {WebSocketError} as `readFragment`.
   */
  readStream(options?: ReadOptions): Promise<MessageStream | null>;
}
