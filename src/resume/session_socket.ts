/**
 * One side of a session: numbers, keeps and acknowledges messages, over the current underlying
 * connection.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import type { MessageLimits } from "../connection/limits.ts";
import type { SendingConnection } from "../handler.ts";
import type { Address, Message } from "../message.ts";
import type { NativeSocket } from "../native/native_wire.ts";
import { PausableWire } from "../native/pausable_wire.ts";
import { ReadyState } from "../handler.ts";
import { READY } from "../promises.ts";
import { Outbox } from "./outbox.ts";
import { isMarked, readControl, writeAcknowledgement, writeMessage } from "./wire_format.ts";

/**
 * Received bytes after which an acknowledgement is due. Each message counts as additional
 * `MESSAGE_BYTES`.
 */
const ACKNOWLEDGE_BYTES = 64 * 1024, MESSAGE_BYTES = 512;
/** Milliseconds after which an acknowledgement is sent in any case. */
const ACKNOWLEDGE_MS = 200;
/** Senders wait while more than this many bytes wait for a transport. */
const CONGESTED_BYTES = 256 * 1024;

/** Options of {@linkcode SessionSocket}. */
export interface SessionSocketOptions {
  readonly clock: Clock;
  readonly limits: MessageLimits;
  /** Most bytes of unacknowledged messages. */
  readonly bufferBytes: number;
  /** Whether the platform lets this side close with the code. */
  canClose(code: number): boolean;
  /** Called when the program ends the session without an underlying connection, or aborts it. */
  onEnd(): void;
}

/** Messages that were not acknowledged when a session ended. */
export interface Leftover {
  /** Messages that were sent and may have arrived. */
  readonly lost: readonly Message[];
  /** Messages that were never sent. */
  readonly unsent: readonly Message[];
}

/** Sends and receives messages with offsets. */
export class SessionSocket implements NativeSocket {
  readonly name = "a resumable connection";
  readonly tellsDrain = true;
  readonly canSendPlain = true;
  readonly wire: PausableWire;
  /** Whether the program has closed the session. */
  isClosing = false;
  /** Offset of the next message to arrive. */
  received = 0;
  /**
   * Whether senders have to wait. They wait for the transport, as without sessions. They wait for
   * acknowledgements only above a high limit, because an acknowledgement arrives behind messages
   * that the program may not read before it has sent.
   */
  isCongested = false;
  readonly #options: SessionSocketOptions;
  readonly #outbox = new Outbox();
  readonly #stuckBytes: number;
  #connection: SendingConnection | null = null;
  /** Offset of the next message to be written to the connection. */
  #next = 0;
  /** Offset up to which messages were written at least once. Later ones cannot have arrived. */
  #written = 0;
  #unwrittenBytes = 0;
  #isWaiting = false; // while the connection cannot take more
  #acknowledged = 0;
  /** Bytes that may arrive until an acknowledgement is due. */
  #budget = ACKNOWLEDGE_BYTES;
  #timer: TimerId = null;

  constructor(options: SessionSocketOptions) {
    this.#options = options;
    this.#stuckBytes = options.bufferBytes / 2;
    const { clock, limits } = options;
    this.wire = new PausableWire({ socket: this, clock, limits, source: this });
  }

  get remoteAddress(): Address | null {
    return this.#connection?.remoteAddress ?? null;
  }

  /** Bytes that are not acknowledged. */
  get bufferedAmount(): number {
    return this.#outbox.bytes;
  }

  /**
   * Whether sending has to wait for acknowledgements. They arrive as messages, so messages are then
   * taken even if the program does not read.
   */
  get isStuck(): boolean {
    return this.#outbox.bytes > this.#stuckBytes;
  }

  canClose(code: number): boolean {
    return this.#options.canClose(code);
  }

  send(message: Message, compress: boolean): void {
    const outbox = this.#outbox, connection = this.#connection;
    const cost = outbox.push(message, compress);
    const canWrite = connection !== null && !this.#isWaiting && this.#unwrittenBytes === 0;
    if (!canWrite || !this.#write(connection, message, compress)) {
      this.#unwrittenBytes += cost;
      this.#update();
    }
    if (outbox.bytes <= this.#stuckBytes) return;
    this.isCongested = true;
    this.wire.release();
  }

  ping(payload: Uint8Array): void {
    this.wire.pingOver(this.#connection, payload);
  }

  pong(payload: Uint8Array): void {
    this.wire.pongOver(this.#connection, payload);
  }

  close(code: number, reason: string): void {
    this.isClosing = true;
    const connection = this.#connection;
    if (connection === null) return this.#options.onEnd();
    this.#flush(connection, { mayWait: false });
    this.#acknowledge();
    connection.close(code, reason);
  }

  abort(): void {
    this.drop(undefined);
  }

  /** Drops the current connection with a cause, and ends the session. */
  drop(cause: unknown): void {
    this.isClosing = true;
    const connection = this.#connection;
    this.#options.onEnd();
    connection?.abort(cause);
  }

  /** Whether the other side can have received this many messages. */
  canResumeAt(received: number): boolean {
    return received >= this.#outbox.first && received <= this.#written;
  }

  /**
   * Continues over this connection, after the other side has reported how many messages it has
   * received.
   */
  use(connection: SendingConnection, received: number): void {
    this.#outbox.acknowledge(received);
    this.#connection = connection;
    this.#next = received;
    this.#unwrittenBytes = this.#outbox.bytes;
    this.#isWaiting = false;
    this.#acknowledged = this.received;
    this.#budget = ACKNOWLEDGE_BYTES;
    this.#flush(connection, { mayWait: true });
    this.#drain();
  }

  /** The current connection has ended or is replaced. */
  unuse(): void {
    this.#connection = null;
    this.#update();
    this.#stopTimer();
  }

  /** Takes a message that arrived. Returns `false` if it breaks the subprotocol. */
  receive(message: Message): boolean {
    if (isMarked(message)) return this.#receiveMarked(message);
    this.#take(message);
    return true;
  }

  /** Ends the session. Returns the messages that were not acknowledged. */
  finish(): Leftover {
    this.unuse();
    const { before, after } = this.#outbox.restart(this.#written);
    return { lost: before, unsent: after.map(({ message }) => message) };
  }

  /**
   * Starts a new session with the messages that were never sent. Returns the messages that may be
   * lost.
   */
  restart(): readonly Message[] {
    const { before, after } = this.#outbox.restart(this.#written);
    for (const { message, compress } of after) this.#outbox.push(message, compress);
    this.received =
      this.#next =
      this.#written =
      this.#acknowledged =
        0;
    this.#unwrittenBytes = this.#outbox.bytes;
    return before;
  }

  #receiveMarked(text: string): boolean {
    const control = readControl(text);
    if (control?.type === "text") {
      this.#take(control.text);
      return true;
    }
    if (control?.type !== "acknowledge" || !this.canResumeAt(control.received)) return false;
    this.#outbox.acknowledge(control.received);
    this.#drain();
    return true;
  }

  #take(message: Message): void {
    this.received++;
    this.#budget -= MESSAGE_BYTES + message.length;
    this.wire.onMessage(message);
    if (this.#budget <= 0) this.#acknowledge();
    else if (this.#timer === null) this.#acknowledgeLater();
  }

  /** Writes the waiting messages. */
  #flush(connection: SendingConnection, { mayWait }: { mayWait: boolean }): void {
    while (this.#next < this.#outbox.next && !(this.#isWaiting && mayWait)) {
      const cost = this.#outbox.costAt(this.#next);
      const { message, compress } = this.#outbox.at(this.#next);
      if (!this.#write(connection, message, compress)) return;
      this.#unwrittenBytes -= cost;
    }
  }

  /** Writes the next message. Returns `false` if the connection has closed. */
  #write(connection: SendingConnection, message: Message, compress: boolean): boolean {
    const written = isMarked(message) ? writeMessage(message) : message;
    const ready = compress ? connection.send(written) : connection.send(written, { compress });
    if (ready !== READY) {
      if (connection.readyState !== ReadyState.OPEN) return false;
      this.#waitUntil(connection, ready);
    }
    if (++this.#next > this.#written) this.#written = this.#next;
    return true;
  }

  #waitUntil(connection: SendingConnection, ready: Promise<void>): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#update();
    const onReady = (): void => {
      if (this.#connection !== connection) return;
      this.#isWaiting = false;
      this.#flush(connection, { mayWait: true });
      this.#drain();
    };
    // A rejection means that the connection has ended, and it is replaced.
    ready.then(onReady, () => {});
  }

  #update(): void {
    const isWaiting = this.#connection !== null && this.#isWaiting;
    this.isCongested = isWaiting || this.#unwrittenBytes > CONGESTED_BYTES || this.isStuck;
  }

  #drain(): void {
    this.#update();
    this.wire.onDrain();
  }

  #acknowledgeLater(): void {
    this.#timer = this.#options.clock.after(ACKNOWLEDGE_MS, () => {
      this.#timer = null;
      this.#acknowledge();
    });
  }

  #acknowledge(): void {
    const connection = this.#connection;
    if (connection === null || connection.readyState !== ReadyState.OPEN) return;
    this.#budget = ACKNOWLEDGE_BYTES;
    if (this.#acknowledged === this.received) return;
    this.#acknowledged = this.received;
    connection.send(writeAcknowledgement(this.received));
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.clock.clear(this.#timer);
    this.#timer = null;
  }
}
