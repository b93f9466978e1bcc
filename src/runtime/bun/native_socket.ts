/**
 * A WebSocket of `Bun.serve` as the wire of a connection.
 *
 * @module
 */
import type { Address, Message } from "../../message.ts";
import type { AcceptedUpgrade } from "../../server/pending_handshake.ts";
import type { WebSocketHandler } from "../../handler.ts";
import type { Upgrader } from "../../server/upgrader.ts";
import type { BunServerWebSocket, BunWebSocketHandler } from "./native_types.ts";
import type { NativeOpening } from "../../server/native_opening.ts";
import { WebSocketError } from "../../errors.ts";
import { CloseCode } from "../../protocol/close_code.ts";
import { type NativeSocket, NativeWire, tooBig } from "../../native/native_wire.ts";

/** Options of {@linkcode BunWebSocket}. */
export interface BunWebSocketOptions {
  readonly upgrader: Upgrader;
  readonly accepted: AcceptedUpgrade<WebSocketHandler>;
  readonly opening: NativeOpening<undefined>;
  readonly remoteAddress: Address | null;
}

/**
 * The WebSocket of one connection. It is made before Bun makes its own WebSocket, and is stored in
 * that one's `data`.
 */
export class BunWebSocket implements NativeSocket {
  readonly name = "Bun.serve's WebSocket";
  readonly tellsDrain = true;
  readonly canSendPlain = true;
  readonly remoteAddress: Address | null;
  readonly #options: BunWebSocketOptions;
  readonly #wire: NativeWire;
  #socket!: BunServerWebSocket<BunWebSocket>;
  #hasSentClose = false;
  #cause: unknown;

  /** The callbacks for `websocket` of `Bun.serve`. */
  static readonly events: Pick<
    BunWebSocketHandler<BunWebSocket>,
    "open" | "message" | "drain" | "close" | "ping" | "pong"
  > = {
    open: (socket) => socket.data.#open(socket),
    message: ({ data }, message) => data.#wire.onMessage(message),
    drain: ({ data }) => data.#wire.onDrain(),
    ping: ({ data }, payload) => data.#wire.onPing(payload),
    pong: ({ data }, payload) => data.#wire.onPong(payload),
    // In a turn of its own, because Bun calls this inside of `close` and `terminate`.
    close: ({ data }, code, reason) => queueMicrotask(() => data.#onClosed(code, reason)),
  };

  constructor(options: BunWebSocketOptions) {
    const { limits, platform: { clock } } = options.upgrader.context;
    this.remoteAddress = options.remoteAddress;
    this.#options = options;
    this.#wire = new NativeWire({ socket: this, clock, limits });
  }

  get bufferedAmount(): number {
    return this.#socket.getBufferedAmount();
  }

  canClose(): boolean {
    return true;
  }

  send(message: Message, compress: boolean): void {
    const status = this.#socket.send(message, compress);
    if (status !== 0 || message.length === 0 || this.#socket.readyState !== OPEN) return;
    this.#cause = new Error("Bun dropped a message");
    this.#socket.terminate();
  }

  ping(payload: Uint8Array): void {
    this.#socket.ping(payload);
  }

  pong(payload: Uint8Array): void {
    this.#socket.pong(payload);
  }

  close(code: number, reason: string): void {
    this.#hasSentClose = true;
    this.#socket.close(code, reason);
  }

  abort(): void {
    this.#socket.terminate();
  }

  #open(socket: BunServerWebSocket<BunWebSocket>): void {
    const { upgrader, accepted, opening } = this.#options;
    this.#socket = socket;
    socket.binaryType = "uint8array";
    opening.finish();
    const { handshake } = accepted;
    upgrader.attach(accepted, { wire: this.#wire, handshake });
  }

  #onClosed(code: number, reason: string): void {
    const wire = this.#wire;
    if (this.#hasSentClose) {
      const why = "Bun.serve does not tell whether the peer has answered a Close";
      const cause = new WebSocketError("ERR_NOT_SUPPORTED", why);
      wire.onFailed({ code, reason, cause });
    } else if (code !== CloseCode.AbnormalClosure) wire.onClose(code, reason);
    else if (reason === "Received too big message") {
      const { limits } = this.#options.upgrader.context;
      wire.onFailed(tooBig(limits));
    } else wire.onClosed(this.#cause ?? (reason === "" ? undefined : new Error(reason)));
  }
}

const OPEN = 1;
