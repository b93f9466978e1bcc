/**
 * The class `WebSocket` of `ws`, over a connection of this library.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { ReadyState, SendingConnection } from "../handler.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { checkClose, toControlPayload } from "../protocol/control_payload.ts";
import { startConnecting } from "./client.ts";
import { type ClientOptions, resolveClient } from "./client_options.ts";
import { type BinaryType, type BufferLike, toPayload, toSendable } from "./data.ts";
import type { AnyEmitter } from "./events.ts";
import { FaceTarget } from "./face_target.ts";
import { Link } from "./link.ts";
import { notSupported } from "./not_supported.ts";
import { checkMask, type SendOptions } from "./send_options.ts";
import { checkAwaitListeners } from "./connection_options.ts";

/** Called when a message was sent, or with the error if it could not be. */
export type SendCallback = (error?: Error) => void;

/** Returns the link of a `WebSocket`, for `WebSocketServer`. */
export let linkOf: (socket: WebSocket) => Link;

const STATES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const;

/** Events of a client of `ws` with objects of `node:http`, which are not supported. */
const HTTP_EVENTS: ReadonlySet<string | symbol> = new Set([
  "upgrade",
  "redirect",
  "unexpected-response",
]);

/**
 * The socket class of `ws`.
 *
 * @example An echo
 * ```ts
 * import { WebSocket, WebSocketServer } from "@fullduplex/websocket/ws";
 *
 * const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
 * server.on("connection", (socket) => {
 *   socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
 * });
 * server.on("listening", () => {
 *   const address = server.address();
 *   if (address === null || typeof address === "string") return;
 *   const client = new WebSocket(`ws://127.0.0.1:${address.port}`);
 *   client.on("open", () => client.send("hello"));
 *   client.on("message", (data) => {
 *     console.log(data.toString()); // hello
 *     client.close();
 *     server.close();
 *   });
 * });
 * ```
 */
export class WebSocket extends FaceTarget<WebSocket> {
  readonly #link: Link;
  readonly #url: string | undefined;
  #failConnecting: ((error: Error) => void) | null = null; // while a client connects

  static {
    linkOf = (socket) => socket.#link;
  }

  /**
   * Connects to a server. If the address is `null`, it makes the socket of a server, which
   * `WebSocketServer` connects.
   *
   * @throws {SyntaxError} if the URL or a subprotocol is malformed.
   * @throws {WebSocketError} `ERR_NOT_SUPPORTED` for an option of `ws` that is not here.
   */
  constructor(
    address: string | URL | null,
    protocols?: string | readonly string[] | ClientOptions,
    options?: ClientOptions,
  ) {
    super();
    const isList = typeof protocols === "string" || isArray(protocols);
    const given = (isList ? options : protocols ?? options) ?? {};
    const awaitListeners = checkAwaitListeners(given.awaitListeners);
    const target = address === null
      ? null
      : resolveClient(address, isList ? protocols : undefined, given);
    this.#link = new Link(this, { awaitListeners });
    if (target === null) return;
    this.#url = target.href;
    onNewListener(this, refuseHttpEvent);
    this.#failConnecting = startConnecting(this.#link, target);
  }

  /** The form of binary messages for listeners. Default `"nodebuffer"`. */
  get binaryType(): BinaryType {
    return this.#link.binaryType;
  }

  set binaryType(type: BinaryType) {
    if (type === "nodebuffer" || type === "arraybuffer" || type === "fragments") {
      this.#link.binaryType = type;
    }
  }

  /** Bytes that were sent and not yet given to the system. */
  get bufferedAmount(): number {
    return this.#link.connection?.bufferedAmount ?? 0;
  }

  /** `"permessage-deflate"` if it was agreed on, or `""`. */
  get extensions(): string {
    return this.#link.connection?.extensions.split(";", 1)[0] ?? "";
  }

  /** Whether the socket is paused. */
  get isPaused(): boolean {
    return this.#link.isPaused;
  }

  /** The subprotocol agreed on, or `""`. */
  get protocol(): string {
    return this.#link.connection?.protocol ?? "";
  }

  /** The state of the connection. */
  get readyState(): ReadyState {
    return this.#link.readyState;
  }

  /** The URL that a client connects to; `undefined` on a server. */
  get url(): string | undefined {
    return this.#url;
  }

  /**
   * Sends a message, or with `fin: false` a fragment. The callback is called when the
   * connection can take more.
   *
   * @throws {Error} while a client connects.
   */
  send(data: BufferLike, callback?: SendCallback): void;
  /** Sends a message with options. */
  send(data: BufferLike, options: SendOptions | undefined, callback?: SendCallback): void;
  send(data: BufferLike, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    const done = typeof options === "function" ? options : callback;
    const connection = this.#open(done);
    if (connection === null) return;
    if (options === undefined || typeof options === "function") {
      return tell(connection.send(toSendable(data, undefined)), done);
    }
    const { binary, compress = true, fin: final = true, mask } = options;
    checkMask(mask, this.#role);
    const message = toSendable(data, binary);
    const isPlain = compress && final;
    tell(isPlain ? connection.send(message) : connection.send(message, { final, compress }), done);
  }

  /**
   * Sends a ping of at most 125 bytes.
   *
   * @throws {RangeError} if it is longer.
   * @throws {Error} while a client connects.
   */
  ping(data?: BufferLike | SendCallback, mask?: boolean | SendCallback, done?: SendCallback): void {
    this.#sendControl("ping", [data, mask, done]);
  }

  /**
   * Sends a pong that no ping asked for. Pings are answered without it.
   *
   * @throws {RangeError} if it is longer than 125 bytes.
   * @throws {Error} while a client connects.
   */
  pong(data?: BufferLike | SendCallback, mask?: boolean | SendCallback, done?: SendCallback): void {
    this.#sendControl("pong", [data, mask, done]);
  }

  /**
   * Starts the closing handshake; without a code, the Close has none.
   *
   * @throws {RangeError} if the code may not be sent, or the reason is longer than 123 bytes.
   */
  close(code?: number, data: string | Uint8Array = ""): void {
    const { connection } = this.#link;
    if (connection === null) return this.#stopConnecting();
    const reason = typeof data === "string" ? data : Buffer.from(data).toString();
    if (code !== undefined || reason !== "") checkClose(code ?? NaN, reason);
    const sent = code ?? CloseCode.NoStatusReceived; // stands for a Close without a code
    connection.close(sent, reason);
  }

  /** Drops the connection now. */
  terminate(): void {
    const { connection } = this.#link;
    if (connection === null) return this.#stopConnecting();
    connection.abort();
  }

  /** Stops delivering messages, so that the peer waits. */
  pause(): void {
    this.#link.pause();
  }

  /** Resumes after `pause()`. */
  resume(): void {
    this.#link.resume();
  }

  /** The socket, for its base class. */
  protected override self(): WebSocket {
    return this;
  }

  /** Whether it was closed cleanly, for its base class. */
  protected override wasClean(): boolean {
    return this.#link.wasClean;
  }

  get #role(): "client" | "server" {
    return this.#url === undefined ? "server" : "client";
  }

  #stopConnecting(): void {
    this.#failConnecting?.(new Error("WebSocket was closed before the connection was established"));
  }

  /**
   * Returns the connection if it is open. Otherwise calls the callback with an error; while
   * connecting, throws.
   */
  #open(done: SendCallback | undefined): SendingConnection | null {
    const { connection, readyState } = this.#link;
    if (readyState === this.OPEN) return connection;
    const why = `WebSocket is not open: readyState ${readyState} (${STATES[readyState]})`;
    if (readyState === this.CONNECTING) throw new Error(why);
    if (done !== undefined) queueMicrotask(() => done(new Error(why)));
    return null;
  }

  #sendControl(
    kind: "ping" | "pong",
    given: readonly (BufferLike | boolean | SendCallback | undefined)[],
  ): void {
    const done = given.find((value) => typeof value === "function");
    const [data, mask] = given.map((value) => typeof value === "function" ? undefined : value);
    const connection = this.#open(done);
    if (connection === null) return;
    checkMask(typeof mask === "boolean" ? mask : undefined, this.#role);
    const bytes = toPayload(typeof data === "boolean" ? undefined : data);
    const payload = toControlPayload(bytes, kind);
    if (kind === "pong") return tell(connection.pong(payload), done);
    // Its promise is the round trip, while the callback of `ws` reports the sending.
    connection.ping(payload);
    if (done !== undefined) queueMicrotask(() => done());
  }
}

function isArray(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

/** Calls back with the name of the event for each listener that is added. */
function onNewListener(emitter: AnyEmitter, callback: (name: string | symbol) => void): void {
  emitter.on("newListener", callback);
}

/** Throws if a listener is added for an event that is not supported. */
function refuseHttpEvent(name: string | symbol): void {
  if (HTTP_EVENTS.has(name)) throw notSupported(`the event ${String(name)}`);
}

function tell(sent: Promise<unknown>, done: SendCallback | undefined): void {
  if (done !== undefined) sent.then(() => done(), done);
}
