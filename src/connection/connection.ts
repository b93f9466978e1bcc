/**
 * The public object of a connection.
 *
 * @module
 */
import type {
  CloseInfo,
  Fragment,
  MessageStream,
  ReadOptions,
  ReadyState,
  Sendable,
  SendOptions,
  WebSocketConnection,
} from "../handler.ts";
import type { Address, Message } from "../message.ts";
import type { ConnectionCore } from "./connection_core.ts";
import type { Handshake } from "./context.ts";
import { WebSocketError } from "../errors.ts";
import { atLeast } from "../options.ts";
import { NORMAL_CLOSURE } from "../protocol/close_code.ts";
import { makeReadable, makeWritable } from "./web_streams.ts";
import type { Reader, ReadResults } from "./pull_receiver.ts";
import type { ReadKind } from "./read_wait.ts";

/** Parts of a {@linkcode Connection}. */
export interface ConnectionParts {
  readonly core: ConnectionCore;
  readonly handshake: Handshake;
  /** `null` when the handler is fed. */
  readonly pull: Reader | null;
}

/** The public object of one connection, the same for both roles and on every wire. */
export class Connection implements WebSocketConnection {
  readonly #core: ConnectionCore;
  readonly #handshake: Handshake;
  readonly #pull: Reader | null;
  #readable: ReadableStream<Message> | null = null;
  #writable: WritableStream<Message> | null = null;
  // `null` stands for Infinity, which V8 would store as a heap object.
  #readTimeoutMs: number | null = null;

  constructor({ core, handshake, pull }: ConnectionParts) {
    this.#core = core;
    this.#handshake = handshake;
    this.#pull = pull;
  }

  /** The core of a connection, or `null` for one that something else stands in for. */
  static coreOf(connection: WebSocketConnection): ConnectionCore | null {
    return #core in connection ? connection.#core : null;
  }

  // A user of the platform's WebSocket may assign these. Without setters that would have no effect,
  // in silence.
  set onopen(_: unknown) {
    hasNo("onopen");
  }

  set onmessage(_: unknown) {
    hasNo("onmessage");
  }

  set onclose(_: unknown) {
    hasNo("onclose");
  }

  set onerror(_: unknown) {
    hasNo("onerror");
  }

  get protocol(): string {
    return this.#handshake.protocol;
  }

  get extensions(): string {
    return this.#handshake.extensions;
  }

  get httpVersion(): "1.1" | "2" | null {
    const { httpVersion } = this.#handshake;
    return httpVersion === undefined ? "1.1" : httpVersion;
  }

  get request(): Request {
    return this.#handshake.request;
  }

  get remoteAddress(): Address | null {
    return this.#handshake.remoteAddress ?? this.#core.wire.remoteAddress;
  }

  get peerAddress(): Address | null {
    return this.#core.wire.remoteAddress;
  }

  get context(): unknown {
    return this.#handshake.context;
  }

  get readyState(): ReadyState {
    return this.#core.readyState;
  }

  get bufferedAmount(): number {
    return this.#core.bufferedAmount;
  }

  get closed(): Promise<CloseInfo> {
    this.#pull?.noteWaiting();
    return this.#core.closed;
  }

  get readTimeoutMs(): number {
    return this.#readTimeoutMs ?? Infinity;
  }

  set readTimeoutMs(ms: number) {
    atLeast(0, "readTimeoutMs", ms);
    this.#readTimeoutMs = ms === Infinity ? null : ms;
  }

  get readable(): ReadableStream<Message> {
    return this.#readable ??= makeReadable(this);
  }

  get writable(): WritableStream<Message> {
    return this.#writable ??= makeWritable(this);
  }

  read(options?: ReadOptions): Promise<Message | null> {
    return this.#read("message", options);
  }

  async readText(options?: ReadOptions): Promise<string | null> {
    const message = await this.read(options);
    if (message === null || typeof message === "string") return message;
    throw new WebSocketError("ERR_MESSAGE_TYPE", "readText: the peer sent a binary message");
  }

  async readBinary(options?: ReadOptions): Promise<Uint8Array | null> {
    const message = await this.read(options);
    if (typeof message !== "string") return message;
    throw new WebSocketError("ERR_MESSAGE_TYPE", "readBinary: the peer sent a text message");
  }

  readFragment(options?: ReadOptions): Promise<Fragment | null> {
    return this.#read("fragment", options);
  }

  readStream(options?: ReadOptions): Promise<MessageStream | null> {
    return this.#read("stream", options);
  }

  [Symbol.asyncIterator](): AsyncIterator<Message> {
    const pull = this.#pull;
    return { next: () => pull?.read("step", undefined, this.readTimeoutMs) ?? cannotRead() };
  }

  send(message: Sendable, options?: SendOptions): Promise<void> {
    return this.#core.send(message, options);
  }

  ping(payload?: Message): Promise<number> {
    return this.#core.told(this.#core.measureRoundTrip(payload));
  }

  pong(payload?: Message): Promise<void> {
    return this.#core.told(this.#core.sendPong(payload));
  }

  close(code: number = NORMAL_CLOSURE, reason = ""): Promise<CloseInfo> {
    return this.#core.close(code, reason);
  }

  abort(cause?: unknown): void {
    this.#core.abort(cause);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #read<K extends Exclude<ReadKind, "step">>(
    kind: K,
    options: ReadOptions | undefined,
  ): Promise<ReadResults[K] | null> {
    const pull = this.#pull;
    if (pull === null) return cannotRead();
    try {
      if (options !== undefined) this.#core.context.checks?.read(options);
      return pull.read(kind, options, this.readTimeoutMs);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function hasNo(name: string): never {
  throw new TypeError(`${name}: a connection has none; read(), closed, or a handler tell the same`);
}

function cannotRead(): Promise<never> {
  const why = "this handler is fed through message(); a handler with session() can read";
  return Promise.reject(new WebSocketError("ERR_READ_CONFLICT", `read: ${why}`));
}
