/**
 * The state of a connection: sending, receiving and the endings. Its wire, its sender and
 * keepalive call it; the handler sees only {@linkcode Connection}.
 *
 * @module
 */
import type { CloseInfo, Sendable, SendOptions } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Violation } from "../protocol/violations.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";
import type { ConnectionOwner } from "./connection_owner.ts";
import type { ConnectionContext } from "./context.ts";
import type {
  KeepaliveMember,
  MessageSender,
  PingsHost,
  PingTracker,
  SenderHost,
  Streamed,
  WireFailure,
} from "./framing.ts";
import type { Receiver } from "./receiver.ts";
import type { Wire, WireSink } from "./wire.ts";
import { WebSocketError } from "../errors.ts";
import { fitReason } from "./close_reason.ts";
import { isFastEnough } from "./limits.ts";
import { isClosedError } from "./report.ts";
import { CLOSED, CLOSING, OPEN, type ReadyState } from "../handler.ts";
import { INTERNAL_ERROR } from "../protocol/close_code.ts";
import { type MessageOptions, WHOLE_MESSAGE } from "../protocol/message_options.ts";
import { INFLATED_SHIFT, INFLATING_WORK, WORK_PER_TURN } from "./work.ts";
import { Closing, type EndingDetails } from "./closing.ts";
import { type EndingName, ENDINGS } from "./endings.ts";
import { type Deferred, makeDeferred, markHandled, READY, withSignal } from "../promises.ts";
import { toMessage, toPayload } from "./sendable.ts";

const WRONG_REASON = "close: the reason was cut: it must be a string of at most 123 bytes of UTF-8";

/** State and rules of one connection. */
export class ConnectionCore implements WireSink, KeepaliveMember, SenderHost, PingsHost {
  work = 0;
  wasActive = false;
  silentMs = 0;
  stalledMs = 0;
  takenMark = 0;
  takenPerMs = 0;
  readonly wire: Wire;
  readonly context: ConnectionContext;
  readonly #owner: ConnectionOwner;
  /** Has what the peer sends. */
  receiver!: Receiver;
  #readyState: ReadyState = OPEN;
  #sender: MessageSender | null = null;
  #drained: Deferred<void> | null = null; // what `send` returns while the wire is congested
  #pings: PingTracker | null = null;
  #ending: Closing | null = null; // made when it is first needed

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

  /** How the connection ended; `null` before it is `CLOSED`. */
  get closeInfo(): CloseInfo | null {
    return this.#readyState === CLOSED ? this.#closing.info : null;
  }

  get bufferedAmount(): number {
    return this.wire.bufferedAmount + (this.#sender?.waitingBytes ?? 0);
  }

  /** Begins to listen to the peer. */
  start(receiver: Receiver): void {
    this.receiver = receiver;
    this.context.keepalive.add(this);
    this.wire.start(this);
  }

  send(message: Sendable, options: SendOptions | undefined): Promise<void> {
    const isIdle = this.#sender === null || this.#sender.isIdle;
    if (options === undefined && isIdle && this.#readyState === OPEN) {
      if (typeof message === "string" || message instanceof Uint8Array) {
        this.wire.sendMessage(message, WHOLE_MESSAGE);
        return this.wire.isCongested ? this.whenReady() : READY;
      }
    }
    const whole = toMessage(message); // throws now, because the promise may be ignored
    if (options !== undefined) this.context.checks?.send(options);
    return this.told(this.#sendSlowly(whole ?? (message as Streamed), options ?? {}), options);
  }

  /**
   * Reports a rejection to the owner, because the promise may be ignored. The end of the connection
   * and the caller's own signal are not reported.
   */
  told<T>(call: Promise<T>, options?: SendOptions): Promise<T> {
    call.catch((error: unknown) => {
      const isAsked = options?.signal?.aborted && error === options.signal.reason;
      if (!isAsked && !isClosedError(error)) this.#owner.onMistake(error);
    });
    return call;
  }

  mustBeOpen(call: string): void {
    if (this.#readyState === OPEN) return;
    throw new WebSocketError("ERR_CLOSED", `${call}: the connection is closing or closed`);
  }

  sendNow(message: Message, options: MessageOptions): void {
    this.mustBeOpen("send");
    this.wire.sendMessage(message, options);
  }

  whenReady(): Promise<void> {
    if (!this.wire.isCongested || this.#readyState !== OPEN) return READY;
    try {
      if (this.#drained !== null) this.checkBuffered();
    } catch (error) {
      return markHandled(Promise.reject(error));
    }
    this.#drained ??= makeDeferred();
    return markHandled(this.#drained.promise);
  }

  checkBuffered(): void {
    const { maxBufferedBytes } = this.context.limits;
    const bufferedBytes = this.bufferedAmount + this.receiver.bufferedBytes;
    if (bufferedBytes <= maxBufferedBytes) return;
    const reason =
      `${bufferedBytes} bytes are buffered, maxBufferedBytes is ${maxBufferedBytes}: await send()`;
    this.#end("sendLimit", { reason });
    const error = new WebSocketError("ERR_SEND_LIMIT", reason);
    this.#owner.onMistake(error);
    throw error;
  }

  /** Sends a ping; resolves with the milliseconds until its pong. */
  async measureRoundTrip(payload: Message | undefined): Promise<number> {
    this.#pings ??= this.context.keepalive.makePings(this);
    return await this.#pings.measureRoundTrip(toPayload(payload));
  }

  async sendPong(payload: Message | undefined): Promise<void> {
    this.#pings ??= this.context.keepalive.makePings(this);
    this.#pings.sendPong(toPayload(payload));
    await this.whenReady();
  }

  /**
   * Starts the closing handshake, unless it has started. Resolves when the connection is `CLOSED`.
   * A reason that is too long or no string is reported to the owner, and the connection closes
   * nevertheless: `close` is often the last call on an error path, and its promise is ignored.
   */
  close(code: number, reason: string): Promise<CloseInfo> {
    const fitting = typeof reason === "string" ? fitReason(reason) : "";
    try {
      this.wire.checkClose(code, fitting); // throws on what may not be sent, in any state
      if (fitting !== reason) this.#owner.onMistake(new RangeError(WRONG_REASON));
    } catch (error) {
      this.#owner.onMistake(error);
      return markHandled(Promise.reject(error));
    }
    if (this.#readyState === OPEN) this.#end("localClose", { code, reason: fitting });
    return this.closed;
  }

  /** Closes because the handler failed, or because a message was begun and cannot be finished. */
  closeAfterError(cause: unknown, reason = ""): void {
    if (this.#readyState !== OPEN) return;
    this.#end("localClose", { code: INTERNAL_ERROR, reason, cause });
  }

  abort(cause: unknown): void {
    if (this.#readyState === CLOSED) return;
    this.#end("abort", { reason: "the connection was aborted", cause });
  }

  beginMessage(head: MessageHead): Delivery {
    return this.receiver.beginMessage(head);
  }

  onMessage(data: Message): boolean {
    const wantsMore = this.receiver.onMessage(data);
    return ++this.work < WORK_PER_TURN && wantsMore;
  }

  onFragment(data: Message, final: boolean): boolean {
    const wantsMore = this.receiver.onFragment(data, final);
    return ++this.work < WORK_PER_TURN && wantsMore;
  }

  /**
   * If the handler is still running, failing is put off to the end of this turn of the event
   * loop, so that it can answer the messages that came before the violation.
   */
  shouldFailNow(): boolean {
    const isBusy = this.receiver.isBusy && this.#readyState === OPEN;
    return !isBusy || !this.wire.frames?.putsOffFailure(this, this.#closing);
  }

  onDecoded(bytes: number): void {
    this.work += INFLATING_WORK + (bytes >> INFLATED_SHIFT);
  }

  get needsBreak(): boolean {
    return this.work >= WORK_PER_TURN;
  }

  onPing(payload: Uint8Array): void {
    this.work++;
    this.#owner.onFrame("ping", payload); // the protocol has answered it
  }

  onPong(payload: Uint8Array): void {
    this.work++;
    this.#pings?.onPong(payload);
    this.#owner.onFrame("pong", payload);
  }

  /** The peer's Close: the second half of the closing handshake, or its beginning. */
  onClose(code: number, reason: string): void {
    this.#end("remoteClose", this.#closing.localClose ?? { code, reason });
  }

  onViolation(violation: Violation): void {
    const { frames } = this.wire;
    if (frames !== null) this.onFailed(frames.failureOf(violation, this.context.limits));
  }

  onFailed({ code, reason, cause, ending = "failure" }: WireFailure): void {
    this.#end(ending, { code, reason, cause: this.#closing.localClose?.cause ?? cause });
  }

  onActivity(): void {
    this.wasActive = true;
  }

  onDrain(): void {
    const room = this.#drained;
    this.#drained = null;
    room?.resolve();
  }

  onEnding(): void {
    this.receiver.onEnding();
  }

  onEnd(): void {
    this.#end("transportEnd", { reason: "the peer ended the transport without a Close frame" });
  }

  onClosed(cause?: unknown): void {
    if (this.#readyState === CLOSED) return;
    this.#end("transportLoss", { reason: "the transport was lost", cause });
    this.#readyState = CLOSED;
    this.context.keepalive.delete(this);
    this.#closing.finish();
    this.#owner.onClosed();
  }

  onKeepaliveTimeout(reason: string): void {
    this.#end("keepaliveTimeout", { reason });
  }

  get #closing(): Closing {
    return this.#ending ??= new Closing(this.context.platform.clock);
  }

  /** The path of every send that has options, carries a stream, or waits behind another send. */
  async #sendSlowly(
    message: Message | Streamed,
    { signal, final = true, compress = true }: SendOptions,
  ): Promise<void> {
    signal?.throwIfAborted();
    this.mustBeOpen("send");
    const { wire } = this, options = { final, compress };
    const isWhole = typeof message === "string" || message instanceof Uint8Array;
    if (wire.frames === null) {
      if (isWhole) wire.sendMessage(message, options);
      else wire.sendStreamed(message, options);
    } else {
      const sender = this.#sender ??= wire.frames.makeSender(this);
      if (!isWhole) return await sender.sendFragments(message, options, signal);
      await sender.send(message, options);
    }
    await withSignal(this.whenReady(), signal);
  }

  /**
   * Ends the connection. Every ending takes these steps in this order: decide `closeInfo`, act on
   * the wire, drop unread messages, enter CLOSING, reject pending sends, end the receiver, and
   * decode the remaining bytes, which may contain the peer's Close.
   */
  #end(name: EndingName, details: EndingDetails): void {
    const { wire } = this, receiver = this.receiver, closing = this.#closing;
    const { wire: action, unread } = ENDINGS[name];
    closing.decide(name, details);
    if (action === "sendClose") wire.sendClose(details.code, details.reason);
    else if (action === "abort") wire.abort(unread);
    else if (action !== null) wire[action]();
    if (unread === "drop") receiver.discard();
    if (this.#readyState === OPEN) {
      this.#readyState = CLOSING;
      this.#limitClosing();
    }
    if (this.#drained !== null || this.#pings !== null || this.#sender !== null) {
      this.#rejectWaiting();
    }
    // An aborted wire may still have messages to decode; `onClosed` follows them.
    if (action === "abort" && unread === "keep") receiver.onEnding();
    else receiver.onEnd();
    wire.resume();
  }

  #rejectWaiting(): void {
    const error = new WebSocketError("ERR_CLOSED", "the connection is closed");
    this.#drained?.reject(error);
    this.#drained = null;
    this.#pings?.fail(error);
    this.#sender?.fail(error);
  }

  /** Starts the close timeout. It is extended while the peer takes output fast enough. */
  #limitClosing(): void {
    const { wire, context: { limits: { closeTimeoutMs } } } = this;
    let taken = wire.takenBytes;
    this.#closing.limit(closeTimeoutMs, () => {
      const before = taken;
      taken = wire.takenBytes;
      if (isFastEnough(taken - before, closeTimeoutMs)) return true;
      this.#onCloseTimeout();
      return false;
    });
  }

  #onCloseTimeout(): void {
    // After FIN the system still delivers what it has taken, which a reset would drop.
    if (this.wire.bufferedAmount === 0) this.wire.end();
    const reason = `the peer did not close within ${this.context.limits.closeTimeoutMs} ms`;
    this.#end("closeTimeout", { reason, cause: this.#closing.localClose?.cause });
  }
}
