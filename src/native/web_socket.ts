/**
 * A WHATWG `WebSocket` under a connection: a browser's, a Worker's, the one that
 * `Deno.upgradeWebSocket` gives, the global client of Node and Bun.
 *
 * @module
 */
import type { Address, Message } from "../message.ts";
import { ABNORMAL_CLOSURE, NORMAL_CLOSURE } from "../protocol/close_code.ts";
import { type NativeSocket, NativeWire, type NativeWireOptions } from "./native_wire.ts";

/**
 * Bytes whose memory is not shared. TypeScript from 5.7 on calls them `Uint8Array<ArrayBuffer>`;
 * written like this, earlier compilers understand the type as well.
 */
export type UnsharedBytes = Uint8Array & { readonly buffer: ArrayBuffer };

/** The members of a WHATWG `WebSocket` that this library uses. */
export interface WebSocketLike {
  /** The subprotocol agreed on, or `""`. */
  readonly protocol: string;
  /** The extensions agreed on, or `""`. */
  readonly extensions: string;
  /** URL of a client's socket. A server's socket has none. */
  readonly url?: string | null;
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes sent and not yet given to the system. */
  readonly bufferedAmount?: number;
  /** Set to `"arraybuffer"`. */
  binaryType?: string;
  /** Sends a message. */
  send(message: string | UnsharedBytes | Blob): void;
  /** Starts the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Drops the transport. Only the `ws` package and Bun have this method. */
  terminate?(): void;
  /** Listens to `open`, `message`, `error` and `close`. */
  addEventListener(
    type: string,
    listener: (event: WebSocketEvent) => void,
    options?: { signal?: AbortSignal },
  ): void;
}

/**
 * The fields that this library uses of the events of a WHATWG `WebSocket`. Each event has those of
 * its type.
 */
export interface WebSocketEvent {
  /** The content of a `message` event. */
  readonly data?: unknown;
  /** Of a close. */
  readonly code?: number;
  /** Of a close. */
  readonly reason?: string;
  /** Of an error, where the platform tells. */
  readonly error?: unknown;
  /** Of an error, where the platform tells. */
  readonly message?: string;
}

/**
 * Added to codes that a page may not send: 4001 stands for 1001 (private use, RFC 6455 section
 * 7.4.2).
 */
const PRIVATE_OFFSET = 3000;

/** A WHATWG `WebSocket` as the socket of a wire. */
export class WebSocketAdapter implements NativeSocket {
  readonly name = "a WHATWG WebSocket";
  readonly tellsDrain = false;
  readonly remoteAddress: Address | null;
  readonly wire: NativeWire;
  readonly #socket: WebSocketLike;
  #cause: unknown; // from an `error` event

  constructor(
    socket: WebSocketLike,
    options: Omit<NativeWireOptions, "socket"> & { readonly remoteAddress?: Address | null },
  ) {
    this.#socket = socket;
    this.remoteAddress = options.remoteAddress ?? null;
    this.wire = new NativeWire({ ...options, socket: this });
    socket.binaryType = "arraybuffer";
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount ?? 0;
  }

  get canSendPlain(): boolean {
    return this.#socket.extensions === "";
  }

  /** Forwards the socket's events to the wire, which must be started before the next event. */
  listen(): void {
    const { wire } = this;
    this.#socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") wire.onMessage(data);
      else if (data instanceof ArrayBuffer) wire.onMessage(new Uint8Array(data));
    });
    this.#socket.addEventListener("error", (event) => {
      this.#cause = causeOf(event);
    });
    this.#socket.addEventListener("close", ({ code = 0, reason = "" }) => {
      // 1006 means that there was no Close (RFC 6455 section 7.1.5); Deno says 0.
      if (code < 1000 || code === ABNORMAL_CLOSURE) wire.onClosed(this.#cause);
      else wire.onClose(code, reason);
    });
  }

  /** Whether a Close may carry this code: the WHATWG API allows 1000 and 3000 to 4999 only. */
  canClose(code: number): boolean {
    return !this.#socket.url || code === NORMAL_CLOSURE || code >= 3000;
  }

  send(message: Message): void {
    // The type excludes views of shared memory only. The message is copied at once.
    this.#socket.send(message as string | UnsharedBytes);
  }

  sendBlob(message: Blob): void {
    this.#socket.send(message);
  }

  close(code: number, reason: string): void {
    this.#socket.close(this.canClose(code) ? code : PRIVATE_OFFSET + code, reason);
  }

  abort(): void {
    if (this.#socket.terminate !== undefined) this.#socket.terminate();
    else this.#socket.close(PRIVATE_OFFSET + ABNORMAL_CLOSURE, "aborted");
  }
}

/** The error of an `error` event. Makes one where the platform gives none, as in a page. */
export function causeOf({ error, message }: WebSocketEvent): unknown {
  if (error !== undefined && error !== null) return error;
  return new Error(message || "the platform does not tell why");
}
