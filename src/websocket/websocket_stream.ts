/**
 * `WebSocketStream` over a connection of this library.
 *
 * @module
 */
import type { AttachOptions } from "../connection/attach_options.ts";
import type { Handshake } from "../connection/context.ts";
import type { WebSocketConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import { Connection } from "../connection/connection.ts";
import type { Reader } from "../connection/pull_receiver.ts";
import { makeReader } from "../connection/make_reader.ts";
import { ReadyState } from "../handler.ts";
import { type Deferred, makeDeferred, markHandled } from "../promises.ts";
import {
  checkCloseArguments,
  checkSubprotocols,
  type CloseArguments,
  mustHave,
  toCloseInfo,
  toSequenceOnly,
  toUrlRecord,
  toUsvString,
} from "./arguments.ts";
import { ownBuffer, toBytes } from "./message_data.ts";
import { openSocket } from "./open_socket.ts";
import { checkSocketOptions, type WebSocketOptions } from "./options.ts";
import { settingsOf, type SocketSettings } from "./settings.ts";
import { neverOpened, type Outcome, SocketCore } from "./socket_core.ts";
import { beLikeWebIdl } from "./web_idl.ts";
import { makeWebSocketError, type WebSocketCloseInfo, WebSocketError } from "./websocket_error.ts";

/** Options of a `WebSocketStream` in the standard. */
export interface WebSocketStreamOptions {
  /** Subprotocols to offer: the server must choose one of them. */
  protocols?: readonly string[];
  /** Aborts connecting. It has no effect after the stream is open. */
  signal?: AbortSignal;
}

/** An open `WebSocketStream`. */
export interface WebSocketOpenInfo {
  /**
   * The messages: a string for each text, and a `Uint8Array` with a buffer of its own for each
   * binary message.
   */
  readonly readable: ReadableStream<string | Uint8Array>;
  /**
   * Sends each chunk as a message: text, or the bytes of a buffer or a view. Closing the stream
   * closes the connection.
   */
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  /** The extensions agreed on, or `""`. */
  readonly extensions: string;
  /** The subprotocol agreed on, or `""`. */
  readonly protocol: string;
}

/**
 * The `WebSocketStream` that the WHATWG proposes: a WebSocket as a pair of streams. The peer waits
 * while the messages are not read, and `writable` waits while the peer does not read.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { WebSocketStream } from "@fullduplex/websocket/websocket";
 *
 * const server = await serve({}, { message: (connection, message) => connection.send(message) });
 * if (server.address.transport === "tcp") {
 *   const stream = new WebSocketStream(`ws://127.0.0.1:${server.address.port}/`);
 *   const { readable, writable } = await stream.opened;
 *   const writer = writable.getWriter(), reader = readable.getReader();
 *   await writer.write("hello");
 *   console.log((await reader.read()).value); // hello
 *   stream.close({ closeCode: 1000 });
 *   console.log((await stream.closed).closeCode); // 1000
 * }
 * await server.close();
 * ```
 */
export class WebSocketStream {
  readonly #url: URL;
  readonly #settings: SocketSettings;
  readonly #opened: Deferred<WebSocketOpenInfo> = makeDeferred();
  readonly #closed: Deferred<WebSocketCloseInfo> = makeDeferred();
  readonly #connecting = new AbortController();
  readonly #signal: AbortSignal | undefined;
  #readyState: ReadyState = ReadyState.CONNECTING;
  #core: SocketCore | null = null;
  #pull: Reader | null = null;
  #connection: WebSocketConnection | null = null;
  #reading: ReadableStreamDefaultController<string | Uint8Array> | null = null;
  #writing: WritableStreamDefaultController | null = null;
  #end: { readonly error: unknown } | null = null; // `error` is `null` for a clean end

  /**
   * Begins to connect.
   *
   * @param url The URL, as for `WebSocket`.
   * @param options Subprotocols, and a signal that aborts connecting.
   * @param further Beyond the standard: options of `connect`.
   * @throws {DOMException} `SyntaxError` for a URL or subprotocols that the standard refuses.
   * @throws {TypeError} if an option or a header field has the wrong shape.
   * @throws {RangeError} if a limit makes no sense.
   */
  constructor(
    url: string | URL,
    options: WebSocketStreamOptions = {},
    further: Omit<WebSocketOptions, "signal"> = {},
  ) {
    mustHave("new WebSocketStream", arguments.length, 1);
    const address = toUsvString(url);
    const { protocols, signal } = options ?? {};
    const offered = toSequenceOnly("protocols", protocols);
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new TypeError(`signal: must be an AbortSignal, not ${typeof signal}`);
    }
    this.#url = toUrlRecord(address);
    checkSubprotocols(offered);
    this.#settings = settingsOf(new.target);
    this.#signal = signal;
    markHandled(this.#opened.promise);
    markHandled(this.#closed.promise);
    const checked = checkSocketOptions(further);
    if (signal?.aborted) this.#aborted();
    else {
      signal?.addEventListener("abort", this.#aborted);
      this.#open(offered, checked);
    }
  }

  /** The parsed URL. */
  get url(): string {
    return this.#url.href;
  }

  /**
   * Resolves to the streams when the connection is open. Rejects with a `WebSocketError`, or the
   * signal's reason.
   */
  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise;
  }

  /**
   * Resolves to code and reason of the peer's Close. Rejects with a `WebSocketError` if there was
   * none.
   */
  get closed(): Promise<WebSocketCloseInfo> {
    return this.#closed.promise;
  }

  /**
   * The underlying connection once it is open, an extension of the standard. This stream reads its
   * messages.
   */
  get connection(): WebSocketConnection | null {
    return this.#connection;
  }

  /**
   * Starts the closing handshake. A connection that is not open yet is failed.
   *
   * @throws {DOMException} `InvalidAccessError` for a code that may not be sent, `SyntaxError` for
   * a reason of more than 123 bytes.
   */
  close(closeInfo: WebSocketCloseInfo = {}): void {
    this.#close(checkCloseArguments(toCloseInfo(closeInfo)));
  }

  #close(closing: CloseArguments): void {
    if (this.#readyState >= ReadyState.CLOSING) return;
    this.#readyState = ReadyState.CLOSING;
    if (this.#core === null) this.#connecting.abort(new DOMException("closed", "AbortError"));
    else this.#core.closeWith(closing);
  }

  /** "Close using reason": closes for a stream that is cancelled or aborted. */
  #closeUsing(reason: unknown): void {
    const isCode = reason instanceof WebSocketError;
    this.#close(
      isCode ? { code: reason.closeCode, reason: reason.reason } : { code: null, reason: "" },
    );
  }

  /** The signal was aborted, which has an effect only during the handshake. */
  readonly #aborted = (): void => {
    if (this.#core !== null || this.#readyState !== ReadyState.CONNECTING) return;
    const reason: unknown = this.#signal!.reason;
    this.#readyState = ReadyState.CLOSING;
    this.#opened.reject(reason);
    this.#closed.reject(reason);
    this.#connecting.abort(reason);
  };

  async #open(protocols: readonly string[], options: WebSocketOptions): Promise<void> {
    try {
      await openSocket(this.#settings, {
        url: this.#url,
        protocols,
        options,
        signal: this.#connecting.signal,
        attach: (attached) => this.#attach(attached),
      });
    } catch (error) {
      this.#queue(() => this.#ended(neverOpened(error)));
    } finally {
      this.#signal?.removeEventListener("abort", this.#aborted);
    }
  }

  #attach({ wire, handshake, context, early }: AttachOptions): WebSocketConnection {
    const core = this.#core = new SocketCore({
      wire,
      context,
      owner: {
        peerClosed: () => this.#queue(() => this.#readyState = ReadyState.CLOSING),
        drained() {},
        over: () => this.#queue(() => this.#ended(core.outcome)),
      },
    });
    const { platform: { clock }, limits: { maxMessageBytes } } = context;
    const pull = this.#pull = makeReader({ wire, clock, maxMessageBytes });
    this.#queue(() => this.#establish(handshake));
    core.start(pull);
    const connection = this.#connection = new Connection({ core, handshake, pull: null });
    if (early !== undefined && early.length > 0) wire.receive(early);
    return connection;
  }

  #queue(task: () => void): void {
    this.#settings.environment.tasks.queue(task);
  }

  #establish({ protocol, extensions }: Handshake): void {
    if (this.#readyState === ReadyState.CONNECTING) this.#readyState = ReadyState.OPEN;
    const readable = new ReadableStream<string | Uint8Array>({
      start: (controller) => void (this.#reading = controller),
      pull: () => this.#read(),
      cancel: (reason) => this.#closeUsing(reason),
    });
    const writable = new WritableStream<string | ArrayBuffer | ArrayBufferView>({
      start: (controller) => void (this.#writing = controller),
      write: (chunk) => this.#write(chunk),
      close: async () => {
        this.#close({ code: null, reason: "" });
        await this.#closed.promise; // the closing handshake is part of it
      },
      abort: (reason) => this.#closeUsing(reason),
    });
    this.#opened.resolve({ readable, writable, extensions, protocol });
  }

  /**
   * Reads the next message. The stream calls it again when it can take more; until then the peer
   * waits.
   */
  async #read(): Promise<void> {
    const message = await this.#pull!.read("message", undefined, Infinity);
    if (message !== null) return this.#reading!.enqueue(own(message));
    await this.#closed.promise.catch(() => {}); // all messages are read, so the end can be reported
    this.#endReading();
  }

  async #write(chunk: unknown): Promise<void> {
    const data = toBytes(chunk) ?? toUsvString(chunk);
    try {
      await this.#core!.send(data, undefined);
    } catch (error) {
      await this.#closed.promise.catch(() => {}); // `closed` has the reason
      throw this.#end?.error ?? error;
    }
  }

  #endReading(): void {
    try {
      if (this.#end!.error === null) this.#reading!.close();
      else this.#reading!.error(this.#end!.error);
    } catch {
      // The stream was cancelled.
    }
  }

  #ended({ wasClean, code: closeCode, reason, failure }: Outcome): void {
    this.#readyState = ReadyState.CLOSED;
    const end = { closeCode, reason, cause: failure?.cause };
    if (this.#writing === null) {
      this.#opened.reject(makeWebSocketError({ ...end, message: "it could not be opened" }));
    }
    if (wasClean) {
      this.#end = { error: null };
      this.#closed.resolve({ closeCode, reason });
      this.#writing?.error(new DOMException("the WebSocketStream is closed", "InvalidStateError"));
    } else {
      const error = makeWebSocketError({ ...end, message: "it was not closed cleanly" });
      this.#end = { error };
      this.#closed.reject(error);
      this.#writing?.error(error);
    }
  }
}

/** Copies a message whose bytes share a buffer with others. */
function own(message: Message): string | Uint8Array {
  return typeof message === "string" ? message : new Uint8Array(ownBuffer(message));
}

beLikeWebIdl(WebSocketStream, "WebSocketStream");
