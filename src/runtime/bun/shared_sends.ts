/**
 * Shared messages, as topics send them, on a WebSocket of `Bun.serve`.
 *
 * The messages of one turn of the event loop are sent together behind it, because Bun then writes
 * them by one call of the system (`cork`). Bun makes the frames, for each connection anew.
 *
 * @module
 */
import type { WireSink } from "../../connection/wire.ts";
import type { FramedContext } from "../../framed/framed_context.ts";
import type { SharedMessage } from "../../framed/shared_message.ts";
import { type Outlet, sendLimitFailure, type SharingWire } from "../../framed/sharing.ts";
import type { WireFailure } from "../../connection/framing.ts";
import type { Message } from "../../message.ts";
import type { MessageOptions } from "../../protocol/message_options.ts";
import { type NativeSocket, NativeWire } from "../../native/native_wire.ts";
import { type Deferred, makeDeferred, READY } from "../../promises.ts";

/** Most that waits for the end of the turn, as in `GatheredOutput`. */
const MAX_RUN_BYTES = 64 * 1024;

/** The methods of a WebSocket of `Bun.serve` that sending shared messages needs. */
export interface SharingSocket extends NativeSocket {
  /** Whether messages can be sent. */
  readonly isOpen: boolean;
  /** Sends messages, which leave in one write. */
  sendTogether(messages: readonly SharedMessage[]): void;
}

/** Options of {@linkcode BunWire}. */
export interface BunWireOptions {
  readonly socket: SharingSocket;
  readonly context: FramedContext;
}

/** A WebSocket of `Bun.serve` as a wire, which also sends shared messages. */
export class BunWire extends NativeWire implements SharingWire {
  declare onShared?: (size: number) => void;
  readonly #options: BunWireOptions;
  #sink!: WireSink;
  #sharing: SharedSends | null = null; // made when the first shared message is sent

  constructor(options: BunWireOptions) {
    const { socket, context: { platform: { clock }, limits } } = options;
    super({ socket, clock, limits });
    this.#options = options;
  }

  get sharing(): SharedSends {
    return this.#sharing ??= new SharedSends({
      ...this.#options,
      wire: this,
      onShared: this.onShared,
      onTooMuch: (failure) => this.#sink.onFailed(failure),
    });
  }

  override get bufferedAmount(): number {
    const waiting = this.#sharing === null ? 0 : this.#sharing.waitingLength;
    return super.bufferedAmount + waiting;
  }

  override start(sink: WireSink): void {
    this.#sink = sink;
    super.start(sink);
  }

  override sendMessage(message: Message, options: MessageOptions): void {
    if (this.#sharing !== null) this.#sharing.flush();
    super.sendMessage(message, options);
  }

  override sendClose(code: number | undefined, reason: string): void {
    this.#sharing?.flush();
    super.sendClose(code, reason);
  }

  override onDrain(): void {
    super.onDrain();
    if (!this.isCongested) this.#sharing?.onRoom();
  }

  /** The WebSocket is closed. Ends the waiting for room. */
  endSharing(): void {
    this.#sharing?.onRoom();
  }
}

/** Options of {@linkcode SharedSends}. */
interface SharedSendsOptions extends BunWireOptions {
  readonly wire: NativeWire;
  /** Called with the length of each message, if the connection has an observer. */
  readonly onShared: ((size: number) => void) | undefined;
  /** Ends the connection, because more than `maxBufferedBytes` is buffered. */
  onTooMuch(failure: WireFailure): void;
}

/** Those with messages that wait for the end of the turn. */
const due: SharedSends[] = [];

/** Sends shared messages on one connection. */
export class SharedSends implements Outlet {
  readonly #socket: SharingSocket;
  readonly #options: SharedSendsOptions;
  readonly #waiting: SharedMessage[] = [];
  #waitingLength = 0;
  #behind = 0; // bytes that waited for the peer when this turn's first message came
  #ready: Deferred<void> | null = null;

  constructor(options: SharedSendsOptions) {
    this.#socket = options.socket;
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  /** Bytes that wait for the peer. Those that leave at the end of this turn do not count. */
  get bufferedAmount(): number {
    return this.#waitingLength > 0 ? this.#behind : this.#socket.bufferedAmount;
  }

  /** What waits for the end of the turn: bytes of binary messages, characters of text. */
  get waitingLength(): number {
    return this.#waitingLength;
  }

  send(message: SharedMessage): void {
    const { length } = message.message, { onShared, context } = this.#options;
    if (this.#waitingLength === 0) {
      this.#behind = this.#socket.bufferedAmount;
      if (this.#behind > context.limits.maxBufferedBytes) return this.#fail();
      if (due.push(this) === 1) context.platform.nextTurn(sendDue);
    }
    if (onShared !== undefined) onShared(length);
    this.#waiting.push(message);
    this.#waitingLength += length + 1; // more than 0 for an empty one
    if (this.#waitingLength > MAX_RUN_BYTES) this.flush();
  }

  /** Fulfilled when the connection can take more, or is closed. */
  whenReady(): Promise<void> {
    if (!this.#options.wire.isCongested || !this.isOpen) return READY;
    return (this.#ready ??= makeDeferred()).promise;
  }

  /** Sends what waits for the end of the turn. */
  flush(): void {
    const waiting = this.#waiting, socket = this.#socket, first = waiting[0];
    if (first === undefined) return;
    if (waiting.length > 1) socket.sendTogether(waiting);
    else if (socket.isOpen) socket.send(first.message, first.compress);
    waiting.length = this.#waitingLength = 0;
  }

  /** There is room, or the connection is closed. */
  onRoom(): void {
    this.#ready?.resolve();
    this.#ready = null;
  }

  #fail(): void {
    const { context: { limits: { maxBufferedBytes } }, onTooMuch } = this.#options;
    onTooMuch(sendLimitFailure(this.#behind, maxBufferedBytes));
  }
}

function sendDue(): void {
  for (const sends of due) sends.flush();
  due.length = 0;
}
