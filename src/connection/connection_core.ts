/**
 * The inside of a connection: what its wire, its senders and keepalive tell it, and the
 * closing handshake. The handler sees only its face, {@linkcode Connection}.
 *
 * @module
 */
import type { CloseInfo, Sendable, SendOptions } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Violation } from "../protocol/violations.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";
import type { ConnectionContext } from "./context.ts";
import type { KeepaliveMember, PingsHost, PingTracker, WireFailure } from "./framing.ts";
import type { Receiver } from "./receiver.ts";
import type { Wire, WireSink } from "./wire.ts";
import { WebSocketError } from "../errors.ts";
import { ReadyState } from "../handler.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { type MessageOptions, WHOLE_MESSAGE } from "../protocol/message_writer.ts";
import { Closing } from "./closing.ts";
import { defer, type Deferred, quiet, READY } from "../promises.ts";
import { Sender, type SenderHost } from "./sender.ts";

const KEEPALIVE_PAYLOAD: Uint8Array = new Uint8Array(0);

/** Whom a connection belongs to. */
export interface ConnectionOwner {
  /** The connection is over, transport and all. */
  over(): void;
  /** The peer has sent a ping, which is answered, or a pong. Never rejects. */
  onFrame(kind: "ping" | "pong", payload: Uint8Array): Promise<void>;
}

/** State and rules of one connection. */
export class ConnectionCore implements WireSink, KeepaliveMember, SenderHost, PingsHost {
  wasHeard = false;
  silentMs = 0;
  readonly wire: Wire;
  readonly context: ConnectionContext;
  readonly #owner: ConnectionOwner;
  #receiver!: Receiver;
  #readyState: ReadyState = ReadyState.OPEN;
  #sender: Sender | null = null;
  #room: Deferred<void> | null = null; // senders that wait for the peer to keep up
  #pings: PingTracker | null = null;
  #end: Closing | null = null;

  constructor(wire: Wire, context: ConnectionContext, owner: ConnectionOwner) {
    this.wire = wire;
    this.context = context;
    this.#owner = owner;
  }

  get readyState(): ReadyState {
    return this.#readyState;
  }

  get closed(): Promise<CloseInfo> {
    return this.#closing.closed;
  }

  /** How it ended, once it is `CLOSED`. */
  get closeInfo(): CloseInfo {
    return this.#closing.info!;
  }

  get bufferedAmount(): number {
    return this.wire.bufferedAmount + (this.#sender?.waitingBytes ?? 0);
  }

  get isDeaf(): boolean {
    return this.wire.isHeld;
  }

  /** Begins to listen to the peer. */
  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.context.keepalive.add(this);
    this.wire.start(this);
  }

  send(message: Sendable, options: SendOptions | undefined): Promise<void> {
    const isFree = this.#sender === null || this.#sender.isFree;
    if (options === undefined && isFree && this.#readyState === ReadyState.OPEN) {
      if (typeof message === "string" || message instanceof Uint8Array) {
        this.wire.sendMessage(message, WHOLE_MESSAGE);
        return this.wire.isCongested ? this.whenRoom() : READY;
      }
    }
    this.#sender ??= new Sender(this);
    return quiet(this.#sender.send(message, options ?? {}));
  }

  mustBeOpen(call: string): void {
    if (this.#readyState === ReadyState.OPEN) return;
    throw new WebSocketError("ERR_CLOSED", `${call}: the connection is closing or closed`);
  }

  sendNow(message: Message, options: MessageOptions): void {
    this.mustBeOpen("send");
    this.wire.sendMessage(message, options);
  }

  whenRoom(): Promise<void> {
    if (!this.wire.isCongested || this.#readyState !== ReadyState.OPEN) return READY;
    const held = this.bufferedAmount + this.#receiver.heldBytes;
    if (this.#room !== null && held > this.context.limits.maxHeldBytes) {
      return quiet(Promise.reject(this.#failSendLimit(held)));
    }
    this.#room ??= defer();
    return quiet(this.#room.promise);
  }

  checkHeld(): void {
    const held = this.bufferedAmount + this.#receiver.heldBytes;
    if (held > this.context.limits.maxHeldBytes) throw this.#failSendLimit(held);
  }

  failMessage(error: unknown): void {
    if (this.#readyState !== ReadyState.OPEN) return;
    this.#startClose(CloseCode.InternalError, "message cannot be finished", error);
  }

  /** Pings, and gives the round trip in milliseconds. */
  async measureRoundTrip(payload: Message | undefined): Promise<number> {
    this.#pings ??= this.context.keepalive.makePings(this);
    return await this.#pings.measureRoundTrip(payload);
  }

  async sendPong(payload: Message | undefined): Promise<void> {
    this.#pings ??= this.context.keepalive.makePings(this);
    this.#pings.sendPong(payload);
    await this.whenRoom();
  }

  /** Starts the closing handshake, unless that has happened, and waits for the end. */
  shut(code: number, reason: string): Promise<CloseInfo> {
    this.wire.checkClose(code, reason); // throws on what may not be sent, in any state
    if (this.#readyState === ReadyState.OPEN) this.#startClose(code, reason);
    return this.closed;
  }

  /** Closes because the handler failed. */
  closeAfterError(cause: unknown): void {
    if (this.#readyState !== ReadyState.OPEN) return;
    this.#startClose(CloseCode.InternalError, "", cause);
  }

  abort(cause: unknown): void {
    if (this.#readyState === ReadyState.CLOSED) return;
    this.#closing.decideAbnormal("local", "ERR_ABORTED", "the connection was aborted", cause);
    this.wire.abort();
    this.#receiver.clear();
    this.#stopTraffic();
  }

  beginMessage(head: MessageHead): Delivery {
    return this.#receiver.beginMessage(head);
  }

  onMessage(data: Message): boolean {
    return this.#receiver.message(data);
  }

  onFragment(data: Message, final: boolean): boolean {
    return this.#receiver.fragment(data, final);
  }

  /** A handler that is at work may still answer what came before: until the end of this turn. */
  shouldFailNow(): boolean {
    const isBusy = this.#receiver.isBusy && this.#readyState === ReadyState.OPEN;
    const closing = this.#closing;
    if (!isBusy || closing.grace === "over") return true;
    this.wire.hold();
    if (closing.grace === null) this.context.platform.clock.after(0, () => this.#endGrace());
    closing.grace = "given";
    return false;
  }

  onPing(payload: Uint8Array): void {
    this.#owner.onFrame("ping", payload); // the protocol has answered it
  }

  onPong(payload: Uint8Array): void {
    this.#pings?.answered(payload);
    this.#owner.onFrame("pong", payload);
  }

  /** The peer's Close: the second half of the closing handshake, or its beginning. */
  onClose(code: number, reason: string): void {
    const { own } = this.#closing;
    this.#closing.decide(
      own === null
        ? { code, reason, wasClean: true, initiator: "remote" }
        : { ...own, wasClean: true, initiator: "local" },
    );
    this.#stopTraffic();
    this.wire.finish();
  }

  onViolation(violation: Violation): void {
    this.failed(this.wire.frames!.failureOf(violation));
  }

  failed(ending: WireFailure): void {
    const cause = this.#closing.own?.cause ?? ending.cause;
    this.#closing.decide({ ...ending, wasClean: false, initiator: "local", cause });
    this.#stopTraffic();
    this.wire.end();
  }

  heard(): void {
    this.wasHeard = true;
  }

  drained(): void {
    const room = this.#room;
    this.#room = null;
    room?.resolve();
  }

  ending(): void {
    this.#receiver.ending();
  }

  ended(): void {
    this.#closing.decideAbnormal(
      "transport",
      "ERR_TRANSPORT",
      "the peer ended the transport without a Close frame",
    );
    this.#stopTraffic();
    this.wire.end();
  }

  lost(cause?: unknown): void {
    if (this.#readyState === ReadyState.CLOSED) return;
    this.#closing.decideAbnormal("transport", "ERR_TRANSPORT", "the transport was lost", cause);
    this.#stopTraffic();
    this.#readyState = ReadyState.CLOSED;
    this.context.keepalive.delete(this);
    this.#closing.finish();
    this.#owner.over();
  }

  probe(): void {
    if (this.#readyState === ReadyState.OPEN) this.wire.sendPing(KEEPALIVE_PAYLOAD);
  }

  giveUp(): void {
    const { pongTimeoutMs } = this.context.limits;
    this.#closing.decideAbnormal(
      "transport",
      "ERR_KEEPALIVE",
      `the peer did not answer a ping within ${pongTimeoutMs} ms`,
    );
    this.wire.abort();
    this.#stopTraffic();
  }

  get #closing(): Closing {
    return this.#end ??= new Closing(this.context.platform.clock);
  }

  #endGrace(): void {
    this.#closing.grace = "over";
    this.wire.resume();
  }

  #startClose(code: number, reason: string, cause?: unknown): void {
    this.#closing.own = cause === undefined ? { code, reason } : { code, reason, cause };
    this.wire.sendClose(code, reason);
    this.#receiver.clear();
    this.#stopTraffic();
  }

  /** Nothing more is sent or delivered; what happens from here on has to end in time. */
  #stopTraffic(): void {
    if (this.#readyState === ReadyState.OPEN) {
      this.#readyState = ReadyState.CLOSING;
      this.#closing.limit(this.context.limits.closeTimeoutMs, () => this.#timeOut());
    }
    if (this.#room !== null || this.#pings !== null || this.#sender !== null) this.#rejectWaiting();
    this.#receiver.end();
    this.wire.resume(); // the peer's Close may wait behind what nobody will read
  }

  #rejectWaiting(): void {
    const error = new WebSocketError("ERR_CLOSED", "the connection is closed");
    this.#room?.reject(error);
    this.#room = null;
    this.#pings?.fail(error);
    this.#sender?.end(error);
  }

  #timeOut(): void {
    this.#closing.decideAbnormal(
      "local",
      "ERR_CLOSE_TIMEOUT",
      `the peer did not close within ${this.context.limits.closeTimeoutMs} ms`,
      this.#closing.own?.cause,
    );
    this.wire.abort();
  }

  #failSendLimit(heldBytes: number): WebSocketError {
    const { maxHeldBytes } = this.context.limits;
    const why = `${heldBytes} bytes are held, maxHeldBytes is ${maxHeldBytes}: await send()`;
    this.#closing.decideAbnormal("local", "ERR_SEND_LIMIT", why);
    this.wire.abort();
    this.#stopTraffic();
    return new WebSocketError("ERR_SEND_LIMIT", why);
  }
}
