/**
 * A WebSocket of the platform as the wire of a connection: the platform speaks RFC 6455, and
 * tells of whole messages and of the end.
 *
 * A native WebSocket cannot be paused: unread messages are kept up to `maxBufferedBytes`, and
 * then the connection is failed with 1008 (`ERR_RECEIVE_LIMIT`). It knows no fragments: `send`
 * with `final: false`, an async iterable or a stream, `readFragment` and `readStream` reject with
 * `ERR_NOT_SUPPORTED`, and so do `ping` and `pong` where it has none.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import type { MessageLimits } from "../connection/limits.ts";
import type { Address, Message } from "../message.ts";
import type { Unread } from "../connection/endings.ts";
import type { Streamed, WireFailure } from "../connection/framing.ts";
import type { Wire, WireSink } from "../connection/wire.ts";
import type { MessageOptions } from "../protocol/message_options.ts";
import { isBlob } from "../connection/sendable.ts";
import { Inbox } from "../connection/inbox.ts";
import { WebSocketError } from "../errors.ts";
import {
  checkCloseCode,
  MESSAGE_TOO_BIG,
  NORMAL_CLOSURE,
  POLICY_VIOLATION,
} from "../protocol/close_code.ts";

/**
 * The methods of a native WebSocket that a wire calls. None may call the wire before it returns.
 */
export interface NativeSocket {
  /** The name in error messages, for example `"a browser's WebSocket"`. */
  readonly name: string;
  readonly remoteAddress: Address | null;
  /** Bytes accepted by `send` and not yet given to the system. */
  readonly bufferedAmount: number;
  /**
   * Whether the adapter calls {@linkcode NativeWire.onDrain}. Otherwise `bufferedAmount` is polled.
   */
  readonly tellsDrain: boolean;
  /** Whether a message may be sent uncompressed. */
  readonly canSendPlain: boolean;
  /** Whether a caller's Close may carry this code. */
  canClose(code: number): boolean;
  send(message: Message, compress: boolean): void;
  /** Sends a Blob. Missing where the platform accepts no Blobs. */
  sendBlob?(message: Blob): void;
  /** Sends a ping. Missing where the platform has no such method. */
  ping?(payload: Uint8Array): void;
  /** Sends a pong. Missing where the platform has no such method. */
  pong?(payload: Uint8Array): void;
  /** Starts the closing handshake with this code, or with the nearest one that it can send. */
  close(code: number, reason: string): void;
  /** Drops the transport, or closes where the platform cannot drop it. */
  abort(): void;
}

/** Options of {@linkcode NativeWire}. */
export interface NativeWireOptions {
  readonly socket: NativeSocket;
  readonly clock: Clock;
  readonly limits: MessageLimits;
}

/**
 * Senders wait while more than this many bytes are buffered. It is four times the mark of a
 * transport: drain is polled, and the buffer should not run empty between two polls.
 */
const NATIVE_HIGH_WATER_BYTES = 256 * 1024;
/** First and longest time between two polls of `bufferedAmount`, while a sender waits. */
const FIRST_POLL_MS = 1, LAST_POLL_MS = 64;

const NO_FRAGMENTS = "fragments (final: false, streams, iterables)";

const encoder = /* @__PURE__ */ new TextEncoder();

/** One connection's native WebSocket. The methods after `abort` are for its adapter. */
export class NativeWire implements Wire {
  readonly frames = null;
  readonly takenBytes = 0;
  readonly #socket: NativeSocket;
  readonly #clock: Clock;
  readonly #limits: MessageLimits;
  #sink!: WireSink;
  #unread: Inbox<Message> | null = null; // arrived while paused
  #isPaused = false;
  #isClosing = false; // our Close is sent
  #isClosed = false; // the socket has ended
  #poll: TimerId = null;

  constructor({ socket, clock, limits }: NativeWireOptions) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
  }

  get remoteAddress(): Address | null {
    return this.#socket.remoteAddress;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get unreadBytes(): number {
    return this.#unread?.bytes ?? 0;
  }

  get isCongested(): boolean {
    return this.#socket.bufferedAmount > NATIVE_HIGH_WATER_BYTES;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  start(sink: WireSink): void {
    this.#sink = sink;
  }

  receive(): void {} // the opening handshake is the platform's

  sendMessage(message: Message, { final, compress }: MessageOptions): void {
    if (!final) throw this.#unsupported("send", NO_FRAGMENTS);
    if (!compress && !this.#socket.canSendPlain) {
      throw this.#unsupported("send", "compress: false");
    }
    this.#socket.send(message, compress);
    if (!this.#socket.tellsDrain && this.#poll === null && this.isCongested) {
      this.#pollAfter(FIRST_POLL_MS);
    }
  }

  sendStreamed(message: Streamed, { final }: MessageOptions): void {
    if (!isBlob(message) || !final) throw this.#unsupported("send", NO_FRAGMENTS);
    if (this.#socket.sendBlob === undefined) throw this.#unsupported("send", "Blobs");
    this.#socket.sendBlob(message);
  }

  sendPing(payload: Uint8Array): void {
    this.#sendControl("ping", payload);
  }

  sendPong(payload: Uint8Array): void {
    this.#sendControl("pong", payload);
  }

  checkClose(code: number): void {
    checkCloseCode(code); // the reason was cut to what fits
    if (!this.#socket.canClose(code)) throw this.#unsupported("close", `close code ${code}`);
  }

  sendClose(code: number | undefined, reason: string): void {
    this.#isClosing = true;
    this.#unread?.clear();
    this.#socket.close(code ?? NORMAL_CLOSURE, reason);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const unread = this.#unread;
    while (unread !== null && !unread.isEmpty && !this.#isPaused) {
      this.#sink.onMessage(unread.shift());
    }
  }

  ignoreInput(): void {} // messages after our Close are dropped anyway

  discardMessage(): void {} // a message comes whole

  cork(): void {}

  uncork(): void {}

  finish(): void {} // the platform ends the transport itself

  end(): void {
    if (!this.#isClosing) this.sendClose(undefined, "");
  }

  abort(unread: Unread): void {
    if (this.#isClosed) return;
    this.#stop();
    if (unread === "drop") this.#unread?.clear();
    this.#socket.abort();
    queueMicrotask(() => this.#sink.onClosed());
  }

  /** A message arrived. */
  onMessage(message: Message): void {
    if (this.#isClosed || this.#isClosing) return;
    this.#sink.onActivity(message.length);
    if (this.#isTooBig(message)) this.#fail(tooBig(this.#limits, message.length));
    else if (this.#isPaused) this.#keep(message);
    else this.#sink.onMessage(message);
  }

  /** A ping arrived; the platform has answered it. */
  onPing(payload: Uint8Array): void {
    if (this.#isClosed) return;
    this.#sink.onActivity(0);
    this.#sink.onPing(payload);
  }

  /** A pong arrived. */
  onPong(payload: Uint8Array): void {
    if (this.#isClosed) return;
    this.#sink.onActivity(0);
    this.#sink.onPong(payload);
  }

  /** The buffer has room again. Called by adapters whose `tellsDrain` is `true`. */
  onDrain(): void {
    if (!this.isCongested) this.#sink.onDrain();
  }

  /** The socket has ended with the peer's Close. */
  onClose(code: number, reason: string): void {
    this.#end((sink) => sink.onClose(code, reason));
  }

  /** The socket has ended because the platform failed the connection. */
  onFailed(failure: WireFailure): void {
    this.#end((sink) => sink.onFailed(failure));
  }

  /** The socket has ended without a Close frame. */
  onClosed(cause?: unknown): void {
    this.#end(() => {}, cause);
  }

  #end(tell: (sink: WireSink) => void, cause?: unknown): void {
    if (this.#isClosed) return;
    this.#stop();
    this.#deliverUnread();
    tell(this.#sink);
    this.#sink.onClosed(cause);
  }

  /** Delivers the messages that arrived before the end. */
  #deliverUnread(): void {
    if (this.#isPaused) this.#sink.onEnding();
    this.resume();
  }

  #keep(message: Message): void {
    const unread = this.#unread ??= new Inbox();
    unread.push(message);
    const { maxBufferedBytes } = this.#limits;
    if (unread.bytes + this.bufferedAmount <= maxBufferedBytes) return;
    const why =
      `over ${maxBufferedBytes} bytes came unread, and ${this.#socket.name} cannot be paused`;
    const cause = new WebSocketError("ERR_RECEIVE_LIMIT", why);
    this.#fail({ code: POLICY_VIOLATION, reason: "too much unread", cause });
  }

  /** *Fails* the connection (RFC 6455 section 7.1.7). */
  #fail(failure: WireFailure): void {
    this.#deliverUnread();
    if (!this.#isClosing) this.sendClose(failure.code, failure.reason);
    this.#sink.onFailed(failure);
  }

  #stop(): void {
    this.#isClosed = this.#isClosing = true;
    if (this.#poll !== null) this.#clock.clear(this.#poll);
  }

  #isTooBig(message: Message): boolean {
    const { maxMessageBytes } = this.#limits;
    if (typeof message !== "string") return message.length > maxMessageBytes;
    // A UTF-16 code unit is at most three bytes of UTF-8, so that most texts need not be encoded.
    if (message.length * 3 <= maxMessageBytes) return false;
    return message.length > maxMessageBytes || encoder.encode(message).length > maxMessageBytes;
  }

  #pollAfter(ms: number): void {
    this.#poll = this.#clock.after(ms, () => {
      this.#poll = null;
      if (this.isCongested) this.#pollAfter(Math.min(ms * 2, LAST_POLL_MS));
      else this.#sink.onDrain();
    });
  }

  #sendControl(kind: "ping" | "pong", payload: Uint8Array): void {
    if (this.#socket[kind] === undefined) throw this.#unsupported(kind, `${kind}s`);
    this.#socket[kind](payload);
  }

  #unsupported(call: string, feature: string): WebSocketError {
    const why = `${call}: ${this.#socket.name} has no ${feature}`;
    return new WebSocketError("ERR_NOT_SUPPORTED", why);
  }
}

/** The failure of a connection whose peer sent a message over the limit. */
export function tooBig({ maxMessageBytes }: MessageLimits, bytes?: number): WireFailure {
  const size = bytes === undefined ? "more" : `at least ${bytes} bytes`;
  const why = `the peer sent a message of ${size}, maxMessageBytes is ${maxMessageBytes}`;
  const cause = new WebSocketError("ERR_MESSAGE_TOO_BIG", why);
  return { code: MESSAGE_TOO_BIG, reason: "message too big", cause };
}
