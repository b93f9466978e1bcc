/**
 * A WebSocket of the platform as the wire of a connection: the platform speaks RFC 6455,
 * and tells of whole messages and of the end.
 *
 * What a native WebSocket cannot keep: it cannot be held back, so what comes unread is
 * kept up to `maxBufferedBytes`, and then the connection is failed with 1008
 * (`ERR_RECEIVE_LIMIT`). It knows no fragments, so that `send` with `final: false`, with an
 * async iterable or a stream, `readFragment` and `readStream` reject with
 * `ERR_NOT_SUPPORTED`. So do `ping` and `pong` where it has none.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import type { ResolvedLimits } from "../connection/limits.ts";
import type { Address, Message } from "../message.ts";
import type { Unread } from "../connection/endings.ts";
import type { WireFailure } from "../connection/framing.ts";
import type { Wire, WireSink } from "../connection/wire.ts";
import type { MessageOptions } from "../protocol/message_writer.ts";
import { Inbox } from "../connection/inbox.ts";
import { WebSocketError } from "../errors.ts";
import { MESSAGE_TOO_BIG, NORMAL_CLOSURE, POLICY_VIOLATION } from "../protocol/close_code.ts";
import { checkClose } from "../protocol/control_payload.ts";

/** What a wire asks of a native WebSocket. None of these may call the wire before it returns. */
export interface NativeSocket {
  /** For error messages, for example `"a browser's WebSocket"`. */
  readonly name: string;
  readonly remoteAddress: Address | null;
  /** Bytes taken and not yet given to the system. */
  readonly bufferedAmount: number;
  /** Whether it calls {@linkcode NativeWire.drained}; else it is asked from time to time. */
  readonly tellsDrain: boolean;
  /** Whether a message may be sent uncompressed. */
  readonly canSendPlain: boolean;
  /** Whether a caller's Close may carry this code. */
  canClose(code: number): boolean;
  send(message: Message, compress: boolean): void;
  /** Missing where the platform keeps pings to itself. */
  ping?(payload: Uint8Array): void;
  /** Missing where the platform keeps pongs to itself. */
  pong?(payload: Uint8Array): void;
  /** Starts the closing handshake, with the nearest code that can be sent. */
  close(code: number, reason: string): void;
  /** Drops the transport, or does what comes nearest. */
  abort(): void;
}

/** What a native wire is made of. */
export interface NativeWireOptions {
  readonly socket: NativeSocket;
  readonly clock: Clock;
  readonly limits: ResolvedLimits;
}

/** From here on senders wait. More than a transport of ours holds: who has to ask wants to find something left. */
const HIGH_WATER_BYTES = 256 * 1024;
/** First and longest pause between two looks at what is buffered, while a sender waits. */
const FIRST_LOOK_MS = 1, LAST_LOOK_MS = 64;

const encoder = /* @__PURE__ */ new TextEncoder();

/** One connection's native WebSocket. The methods after `abort` are for its adapter. */
export class NativeWire implements Wire {
  readonly frames = null;
  readonly #socket: NativeSocket;
  readonly #clock: Clock;
  readonly #limits: ResolvedLimits;
  #sink!: WireSink;
  #held: Inbox | null = null; // came while held
  #isHeld = false;
  #isClosing = false; // our Close is sent
  #isOver = false;
  #look: TimerId = null;

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

  get isCongested(): boolean {
    return this.#socket.bufferedAmount > HIGH_WATER_BYTES;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  start(sink: WireSink): void {
    this.#sink = sink;
  }

  receive(): void {} // the opening handshake is the platform's

  sendMessage(message: Message, { final, compress }: MessageOptions): void {
    if (!final) throw this.#unsupported("send", "fragments (final: false, streams, iterables)");
    if (!compress && !this.#socket.canSendPlain) {
      throw this.#unsupported("send", "compress: false");
    }
    this.#socket.send(message, compress);
    if (!this.#socket.tellsDrain && this.#look === null && this.isCongested) {
      this.#lookAfter(FIRST_LOOK_MS);
    }
  }

  sendPing(payload: Uint8Array): void {
    if (this.#socket.ping === undefined) throw this.#unsupported("ping", "pings");
    this.#socket.ping(payload);
  }

  sendPong(payload: Uint8Array): void {
    if (this.#socket.pong === undefined) throw this.#unsupported("pong", "pongs");
    this.#socket.pong(payload);
  }

  checkClose(code: number, reason: string): void {
    checkClose(code, reason);
    if (!this.#socket.canClose(code)) throw this.#unsupported("close", `close code ${code}`);
  }

  sendClose(code: number | undefined, reason: string): void {
    this.#isClosing = true;
    this.#held?.clear();
    this.#socket.close(code ?? NORMAL_CLOSURE, reason);
  }

  hold(): void {
    this.#isHeld = true;
  }

  resume(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const held = this.#held;
    while (held !== null && !held.isEmpty && !this.#isHeld) {
      this.#sink.onMessage(held.shift() as Message);
    }
  }

  discardMessage(): void {} // a message comes whole

  cork(): void {}

  uncork(): void {}

  finish(): void {} // the platform ends the transport itself

  end(): void {
    if (!this.#isClosing) this.sendClose(undefined, "");
  }

  abort(unread: Unread): void {
    if (this.#isOver) return;
    this.#stop();
    if (unread === "drop") this.#held?.clear();
    this.#socket.abort();
    queueMicrotask(() => this.#sink.lost());
  }

  /** A message came. */
  message(message: Message): void {
    if (this.#isOver || this.#isClosing) return;
    this.#sink.heard();
    if (this.#isTooBig(message)) {
      const ending = tooBig(this.#limits);
      this.sendClose(ending.code, ending.reason);
      this.#sink.failed(ending);
    } else if (this.#isHeld) this.#keep(message);
    else this.#sink.onMessage(message);
  }

  /** Tells the sink of a sign of life: a ping, which the platform has answered, or a pong. */
  tell(what: (sink: WireSink) => void): void {
    if (this.#isOver) return;
    this.#sink.heard();
    what(this.#sink);
  }

  /** There is room again; for platforms that tell. */
  drained(): void {
    if (!this.isCongested) this.#sink.drained();
  }

  /** The end has come; `what` tells the sink how, unless the transport was lost. */
  over(what: ((sink: WireSink) => void) | null, cause?: unknown): void {
    if (this.#isOver) return;
    this.#stop();
    if (this.#isHeld) this.#sink.ending();
    this.resume(); // what came before the end may still be read
    what?.(this.#sink);
    this.#sink.lost(cause);
  }

  #keep(message: Message): void {
    const held = this.#held ??= new Inbox();
    held.push(message);
    const { maxBufferedBytes } = this.#limits;
    if (held.bytes + this.bufferedAmount <= maxBufferedBytes) return;
    const why =
      `over ${maxBufferedBytes} bytes came unread, and ${this.#socket.name} cannot be paused`;
    const cause = new WebSocketError("ERR_RECEIVE_LIMIT", why);
    const reason = "too much unread";
    this.sendClose(POLICY_VIOLATION, reason);
    this.#sink.failed({ code: POLICY_VIOLATION, reason, cause });
  }

  #stop(): void {
    this.#isOver = this.#isClosing = true;
    if (this.#look !== null) this.#clock.clear(this.#look);
  }

  #isTooBig(message: Message): boolean {
    const { maxMessageBytes } = this.#limits;
    if (typeof message !== "string") return message.length > maxMessageBytes;
    // A UTF-16 code unit is one to three bytes of UTF-8: most texts need not be counted.
    if (message.length * 3 <= maxMessageBytes) return false;
    return message.length > maxMessageBytes || encoder.encode(message).length > maxMessageBytes;
  }

  #lookAfter(ms: number): void {
    this.#look = this.#clock.after(ms, () => {
      this.#look = null;
      if (this.isCongested) this.#lookAfter(Math.min(ms * 2, LAST_LOOK_MS));
      else this.#sink.drained();
    });
  }

  #unsupported(call: string, promise: string): WebSocketError {
    const why = `${call}: ${this.#socket.name} has no ${promise}`;
    return new WebSocketError("ERR_NOT_SUPPORTED", why);
  }
}

/** The end of a connection whose peer sent too large a message. */
export function tooBig({ maxMessageBytes }: ResolvedLimits): WireFailure {
  const why = `the peer sent a message of more than ${maxMessageBytes} bytes`;
  const cause = new WebSocketError("ERR_MESSAGE_TOO_BIG", why);
  return { code: MESSAGE_TOO_BIG, reason: "message too big", cause };
}
