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
import type { SharedMessage } from "../../framed/shared_message.ts";
import { WebSocketError } from "../../errors.ts";
import { CloseCode } from "../../protocol/close_code.ts";
import { tooBig } from "../../native/native_wire.ts";
import { BunWire, type SharingSocket } from "./shared_sends.ts";

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
export class BunWebSocket implements SharingSocket {
  readonly name = "Bun.serve's WebSocket";
  readonly tellsDrain = true;
  readonly canSendPlain = true;
  readonly remoteAddress: Address | null;
  readonly #options: BunWebSocketOptions;
  readonly #wire: BunWire;
  #socket!: BunServerWebSocket<BunWebSocket>;
  #isOpen = false;
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
    close({ data }, code, reason) {
      data.#isOpen = false;
      queueMicrotask(() => data.#onClosed(code, reason));
    },
  };

  constructor(options: BunWebSocketOptions) {
    this.remoteAddress = options.remoteAddress;
    this.#options = options;
    this.#wire = new BunWire({ socket: this, context: options.upgrader.context });
  }

  get isOpen(): boolean {
    return this.#isOpen;
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

  sendTogether(messages: readonly SharedMessage[]): void {
    this.#socket.cork(() => {
      for (const { message, compress } of messages) if (this.#isOpen) this.send(message, compress);
    });
  }

  ping(payload: Uint8Array): void {
    this.#socket.ping(payload);
  }

  pong(payload: Uint8Array): void {
    this.#socket.pong(payload);
  }

  close(code: number, reason: string): void {
    this.#isOpen = false;
    this.#hasSentClose = true;
    this.#socket.close(code, reason);
  }

  abort(): void {
    this.#isOpen = false;
    this.#socket.terminate();
  }

  #open(socket: BunServerWebSocket<BunWebSocket>): void {
    const { upgrader, accepted, opening } = this.#options;
    this.#socket = socket;
    this.#isOpen = true;
    socket.binaryType = "uint8array";
    opening.finish();
    const { handshake } = accepted;
    upgrader.attach(accepted, { wire: this.#wire, handshake });
  }

  #onClosed(code: number, reason: string): void {
    const wire = this.#wire;
    wire.endSharing();
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
