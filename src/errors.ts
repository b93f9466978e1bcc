/**
 * The one error class of this library and the closed union of its codes.
 *
 * A mistake of the *peer* never throws: it ends the connection, and {@linkcode CloseInfo} describes
 * it. A mistake of the *caller* throws (or rejects) at the call: `TypeError` and `RangeError` for
 * arguments of the wrong shape, `WebSocketError` for a call that does not fit the current state.
 *
 * @module
 */

/** Every code a {@linkcode WebSocketError} can carry, with its cause. */
export type WebSocketErrorCode =
  /** The operation was stopped by `abort()`. */
  | "ERR_ABORTED"
  /** The connection is closing or closed, so it can send and read nothing more. */
  | "ERR_CLOSED"
  /** The engine between processes (see `./topics`) cannot be reached, or has refused a message. */
  | "ERR_BACKPLANE"
  /** The peer did not finish the closing handshake within `closeTimeoutMs`. */
  | "ERR_CLOSE_TIMEOUT"
  /**
   * The certificate of the server or of the proxy is not the expected one. `message` names the
   * fault and the remedy.
   */
  | "ERR_CERTIFICATE"
  /** The transport (TCP, TLS, unix) to the server could not be made. */
  | "ERR_CONNECT"
  /** The user's handler threw, or its promise was rejected. */
  | "ERR_HANDLER"
  /** The opening handshake broke a rule of RFC 6455 section 4. */
  | "ERR_HANDSHAKE"
  /** The server answered the opening handshake with a redirect; see `location`. */
  | "ERR_HANDSHAKE_REDIRECT"
  /** The server refused the opening handshake; see `status`. */
  | "ERR_HANDSHAKE_STATUS"
  /** The opening handshake took longer than `handshakeTimeoutMs`. */
  | "ERR_HANDSHAKE_TIMEOUT"
  /** The peer answered no keepalive ping within `pongTimeoutMs`. */
  | "ERR_KEEPALIVE"
  /**
   * The server cannot listen at the address: it is in use, does not belong to this machine, or
   * needs a permission. `message` has the address.
   */
  | "ERR_LISTEN"
  /** The peer sent a message larger than `maxMessageBytes`. */
  | "ERR_MESSAGE_TOO_BIG"
  /** `readText()` met a binary message, or `readBinary()` a text message. */
  | "ERR_MESSAGE_TYPE"
  /** The adapter does not support the call. The message names the adapter and the feature. */
  | "ERR_NOT_SUPPORTED"
  /** The peer broke RFC 6455; `message` names the rule and its section. */
  | "ERR_PROTOCOL"
  /**
   * The proxy refused, or speaks another protocol. `status` is the status of its answer, if that is
   * HTTP.
   */
  | "ERR_PROXY"
  /** The peer exceeded `messagesPerSecond` or `bytesPerSecond`, with `overRate: "fail"`. */
  | "ERR_RATE_LIMIT"
  /** A read began while another read of a different kind was in the middle of a message. */
  | "ERR_READ_CONFLICT"
  /**
   * More than `maxBufferedBytes` arrived unread over a native WebSocket, which cannot be paused.
   */
  | "ERR_RECEIVE_LIMIT"
  /**
   * Reconnecting gave up; `cause` is how the last connection ended, or the error of the last
   * attempt.
   */
  | "ERR_RECONNECT"
  /** More than `maxBufferedBytes` were sent without waiting for `send()`. */
  | "ERR_SEND_LIMIT"
  /** The server is closing (`server.close()`). */
  | "ERR_SERVER_CLOSED"
  /**
   * The handler transferred the buffer of a small message, which others shared. Transfer a copy.
   */
  | "ERR_TRANSFERRED"
  /** The transport was lost before the closing handshake was complete. */
  | "ERR_TRANSPORT";

/** Details that can be attached to a {@linkcode WebSocketError}. */
export interface WebSocketErrorOptions extends ErrorOptions {
  /**
   * HTTP status of the answer, for `ERR_HANDSHAKE_STATUS`, `ERR_HANDSHAKE_REDIRECT` and
   * `ERR_PROXY`.
   */
  status?: number;
  /** Target of a redirect, for `ERR_HANDSHAKE_REDIRECT`. */
  location?: string;
  /** The answer that refused, for `ERR_HANDSHAKE_STATUS` and `ERR_HANDSHAKE_REDIRECT`. */
  response?: Response;
}

/**
 * The error of this library. Branch on {@linkcode WebSocketError.code}, which is stable;
 * the message is for people and may change.
 *
 * @example Telling a refusal from a network failure
 * ```ts
 * import { connect, WebSocketError } from "@fullduplex/websocket";
 *
 * try {
 *   const connection = await connect("ws://127.0.0.1:9/");
 *   await connection.send("hello");
 *   await connection.close();
 * } catch (error) {
 *   if (!(error instanceof WebSocketError)) throw error;
 *   if (error.code === "ERR_HANDSHAKE_STATUS") console.log("refused:", error.status);
 *   else console.log("no connection:", error.code);
 * }
 * ```
 */
export class WebSocketError extends Error {
  /** Always `"WebSocketError"`. */
  override readonly name = "WebSocketError";
  /** The stable code to branch on. */
  readonly code: WebSocketErrorCode;
  /** HTTP status of a refused opening handshake, else `undefined`. */
  declare readonly status: number | undefined;
  /** Where a redirected opening handshake points to, else `undefined`. */
  declare readonly location: string | undefined;
  /**
   * The answer of a server that refused the opening handshake: status, header fields, and up to
   * 64 KiB of its body, which can be read once. Else `undefined`. It is not enumerable, so that a
   * printed error stays short.
   */
  declare readonly response: Response | undefined;
  /**
   * Name of the rule of RFC 6455 that the peer broke (`"unmasked"`, `"notUtf8"` and so on), if a
   * broken rule is the cause.
   */
  declare readonly rule?: string;

  /** Makes an error with a stable code; `options.cause` is the underlying error. */
  constructor(code: WebSocketErrorCode, message: string, options: WebSocketErrorOptions = {}) {
    super(message, options);
    this.code = code;
    // What is not there is no property: a printed error would show it as `undefined`.
    for (const [name, value] of Object.entries(options)) {
      if (name === "cause" || value === undefined) continue;
      // A response is not printed either, which would be a page.
      Object.defineProperty(this, name, { value, enumerable: name !== "response" });
    }
  }
}
