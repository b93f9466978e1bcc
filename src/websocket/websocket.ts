/**
 * The `WebSocket` of the WHATWG over a connection of this library.
 *
 * @module
 */
import type { AttachOptions } from "../connection/attach_options.ts";
import type { WebSocketConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import { Connection } from "../connection/connection.ts";
import { ReadyState } from "../handler.ts";
import {
  checkCloseArguments,
  checkSubprotocols,
  mustHave,
  toClampedShort,
  toStringList,
  toUrlRecord,
  toUsvString,
} from "./arguments.ts";
import { defineEventHandlers } from "./event_handlers.ts";
import { EventQueue } from "./event_queue.ts";
import type { SocketCloseEvent, SocketErrorEvent } from "./events.ts";
import { makeCloseEvent, makeErrorEvent } from "./make_events.ts";
import { ownBuffer, toOutgoable } from "./message_data.ts";
import { makeMessageEvent } from "./message_event.ts";
import { openSocket } from "./open_socket.ts";
import { Outgoing } from "./outgoing.ts";
import { checkSocketOptions, type WebSocketOptions } from "./options.ts";
import { settingsOf, type SocketSettings } from "./settings.ts";
import { neverOpened, type Outcome, SocketCore } from "./socket_core.ts";
import { beLikeWebIdl } from "./web_idl.ts";

/** The events of a `WebSocket`. */
export interface WebSocketEvents {
  /** The connection is open. */
  open: Event;
  /** `data` is a string, or has the type that `binaryType` names. */
  message: MessageEvent;
  /** The connection was failed; `close` follows. */
  error: SocketErrorEvent;
  /** The last event. */
  close: SocketCloseEvent;
}

/** A listener of one type of events; the value of an attribute such as `onmessage`. */
export type WebSocketListener<E> = ((this: WebSocket, event: E) => unknown) | null;

/**
 * The form of binary messages. `nodebuffer` is not in the standard and stands for a `Buffer` of
 * Node.
 */
export type BinaryType = "blob" | "arraybuffer" | "nodebuffer";

/** Constants, event handlers, and the types of events. */
export interface WebSocket {
  /** The value 0, as on the class. */
  readonly CONNECTING: 0;
  /** The value 1, as on the class. */
  readonly OPEN: 1;
  /** The value 2, as on the class. */
  readonly CLOSING: 2;
  /** The value 3, as on the class. */
  readonly CLOSED: 3;
  /** Called with the event `open`. */
  onopen: WebSocketListener<Event>;
  /** Called with each event `message`. */
  onmessage: WebSocketListener<MessageEvent>;
  /** Called with the event `error`: the connection was failed. `close` follows. */
  onerror: WebSocketListener<SocketErrorEvent>;
  /** Called with `close`, the last event. */
  onclose: WebSocketListener<SocketCloseEvent>;
  /** Listens to the events of one type. */
  addEventListener<K extends keyof WebSocketEvents>(
    type: K,
    listener:
      | ((this: WebSocket, event: WebSocketEvents[K]) => unknown)
      | { handleEvent(event: WebSocketEvents[K]): unknown }
      | null,
    options?: Parameters<EventTarget["addEventListener"]>[2],
  ): void;
  /** Listens to events. */
  addEventListener(
    type: string,
    listener: Parameters<EventTarget["addEventListener"]>[1],
    options?: Parameters<EventTarget["addEventListener"]>[2],
  ): void;
}

/**
 * The `WebSocket` of the WebSockets standard, over this library's client: the same on every
 * runtime, with the limits, TLS, header fields and compression of `connect`. `connection` gives
 * access to features that are not in the standard. Libraries that take a `WebSocket` class can use
 * this one.
 *
 * It follows the standard sentence by sentence. The third argument, `connection`, `terminate()` and
 * the binary type `"nodebuffer"` are extensions.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { WebSocket } from "@fullduplex/websocket/websocket";
 *
 * const server = await serve({}, { message: (connection, message) => connection.send(message) });
 * if (server.address.transport === "tcp") {
 *   const socket = new WebSocket(`ws://127.0.0.1:${server.address.port}/`);
 *   socket.onopen = () => socket.send("hello");
 *   socket.onmessage = ({ data }) => {
 *     console.log(data); // hello
 *     socket.close();
 *   };
 *   await new Promise((resolve) => socket.onclose = resolve);
 * }
 * await server.close();
 * ```
 */
export class WebSocket extends EventTarget {
  /** 0: the connection is not yet open. */
  declare static readonly CONNECTING: 0;
  /** 1: messages can be sent. */
  declare static readonly OPEN: 1;
  /** 2: the closing handshake has started. */
  declare static readonly CLOSING: 2;
  /** 3: the connection is closed, or could not be opened. */
  declare static readonly CLOSED: 3;

  readonly #url: URL;
  readonly #origin: string;
  readonly #settings: SocketSettings;
  readonly #events: EventQueue;
  readonly #outgoing: Outgoing;
  readonly #connecting = new AbortController();
  #readyState: ReadyState = ReadyState.CONNECTING;
  #protocol = "";
  #extensions = "";
  #binaryType: BinaryType = "blob";
  #core: SocketCore | null = null;
  #connection: WebSocketConnection | null = null;

  /**
   * Begins to connect.
   *
   * @param url `ws:` or `wss:`, or `http:` or `https:`, which stand for these. It may be relative
   *   if the program has a `location`.
   * @param protocols The subprotocols to offer: the server must choose one of them.
   * @param options Options of `connect`, an extension of the standard.
   * @throws {DOMException} `SyntaxError` for a URL or subprotocols that the standard refuses.
   * @throws {TypeError} if an option or a header field has the wrong shape.
   * @throws {RangeError} if a limit makes no sense.
   */
  constructor(
    url: string | URL,
    protocols: string | readonly string[] = [],
    options: WebSocketOptions = {},
  ) {
    mustHave("new WebSocket", arguments.length, 1);
    super();
    const address = toUsvString(url), offered = toStringList(protocols);
    this.#url = toUrlRecord(address);
    this.#origin = this.#url.origin;
    checkSubprotocols(offered);
    this.#settings = settingsOf(new.target);
    const { tasks } = this.#settings.environment;
    this.#events = new EventQueue(tasks, (message) => this.#received(message));
    this.#outgoing = new Outgoing(tasks);
    this.#open(offered, checkSocketOptions(options));
  }

  /** The parsed URL. */
  get url(): string {
    return this.#url.href;
  }

  /** `CONNECTING`, `OPEN`, `CLOSING` or `CLOSED`. It only changes in this order. */
  get readyState(): ReadyState {
    return this.#readyState;
  }

  /**
   * Bytes of payload that `send()` has accepted and that were not yet given to the system at the
   * beginning of the current task. They are not reset when the connection ends.
   */
  get bufferedAmount(): number {
    return this.#outgoing.amount;
  }

  /** The extensions agreed on, or `""`. */
  get extensions(): string {
    return this.#extensions;
  }

  /** The subprotocol agreed on, or `""`. */
  get protocol(): string {
    return this.#protocol;
  }

  /** The form of binary messages. Default `"blob"`. Setting an invalid value has no effect. */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(value: BinaryType) {
    const type = String(value);
    if (type === "blob" || type === "arraybuffer") this.#binaryType = type;
    else if (type === "nodebuffer" && this.#settings.environment.toNodeBuffer !== undefined) {
      this.#binaryType = type;
    }
  }

  /**
   * The underlying connection once it is open, an extension of the standard, for `ping()`,
   * `closed`, `remoteAddress` and others. This socket reads its messages.
   */
  get connection(): WebSocketConnection | null {
    return this.#connection;
  }

  /**
   * Sends a message: text, or the bytes of a buffer, a view or a `Blob`. When the socket is
   * closing, the message only increases `bufferedAmount`.
   *
   * @throws {DOMException} `InvalidStateError` while the socket is connecting.
   */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
    const state = this.#readyState;
    mustHave("send", arguments.length, 1);
    const message = toOutgoable(data);
    if (state === ReadyState.CONNECTING) {
      throw new DOMException("send: the socket is connecting", "InvalidStateError");
    }
    this.#outgoing.send(message);
  }

  /**
   * Closes the connection after all messages are sent. Without a code and a reason the Close has
   * none, which the peer sees as 1005.
   *
   * @param code 1000, or from 3000 to 4999.
   * @param reason At most 123 bytes of UTF-8.
   * @throws {DOMException} `InvalidAccessError` for another code, `SyntaxError` for a longer reason.
   */
  close(code: number | undefined = undefined, reason: string | undefined = undefined): void {
    const state = this.#readyState;
    const closing = checkCloseArguments({
      code: code === undefined ? null : toClampedShort(code),
      reason: reason === undefined ? "" : toUsvString(reason),
    });
    if (state >= ReadyState.CLOSING) return;
    this.#readyState = ReadyState.CLOSING;
    if (this.#core === null) this.#connecting.abort(new DOMException("closed", "AbortError"));
    else this.#outgoing.close(closing);
  }

  /** Drops the transport now, an extension of the standard. `close` follows with 1006. */
  terminate(): void {
    if (this.#core === null) return this.close();
    if (this.#readyState === ReadyState.CLOSED) return;
    this.#readyState = ReadyState.CLOSING;
    this.#outgoing.end({ wasClean: false }); // measured while the transport exists
    this.#core.terminate();
  }

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
      this.#events.queue(() => this.#ended(neverOpened(error)));
    }
  }

  #attach({ wire, handshake, context, early }: AttachOptions): WebSocketConnection {
    const core = this.#core = new SocketCore({
      wire,
      context,
      owner: {
        peerClosed: () => this.#events.queue(() => this.#closing()),
        drained: () => this.#outgoing.drained(),
        over: () => this.#events.queue(() => this.#ended(core.outcome)),
      },
    });
    this.#outgoing.attach(core, handshake.extensions);
    this.#events.queue(() => this.#opened(handshake));
    this.#events.start(core);
    const connection = this.#connection = new Connection({ core, handshake, pull: null });
    if (early !== undefined && early.length > 0) wire.receive(early);
    return connection;
  }

  #opened({ protocol, extensions }: AttachOptions["handshake"]): void {
    // Closed meanwhile, and the state never goes back.
    if (this.#readyState !== ReadyState.CONNECTING) return;
    this.#readyState = ReadyState.OPEN;
    this.#extensions = extensions;
    this.#protocol = protocol;
    this.dispatchEvent(new Event("open"));
  }

  #received(message: Message): void {
    if (this.#readyState !== ReadyState.OPEN) return;
    const data = typeof message === "string" ? message : this.#toBinary(message);
    this.dispatchEvent(makeMessageEvent(data, this.#origin));
  }

  #toBinary(bytes: Uint8Array): unknown {
    if (this.#binaryType === "nodebuffer") return this.#settings.environment.toNodeBuffer!(bytes);
    const buffer = ownBuffer(bytes);
    return this.#binaryType === "blob" ? new Blob([buffer]) : buffer;
  }

  #closing(): void {
    if (this.#readyState < ReadyState.CLOSING) this.#readyState = ReadyState.CLOSING;
  }

  #ended(outcome: Outcome): void {
    this.#readyState = ReadyState.CLOSED;
    this.#outgoing.end(outcome);
    if (outcome.failure !== null) this.dispatchEvent(makeErrorEvent(outcome.failure.cause));
    this.dispatchEvent(makeCloseEvent(outcome));
  }
}

defineEventHandlers(WebSocket, ["open", "error", "close", "message"]);
beLikeWebIdl(WebSocket, "WebSocket", ReadyState);
