/**
 * One side of a session: what it has sent and received, over whatever connection there is.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import type { SendingConnection } from "../handler.ts";
import type { Address, Message } from "../message.ts";
import type { NativeSocket } from "../native/native_wire.ts";
import type { PausableWire } from "../native/pausable_wire.ts";
import { WebSocketError } from "../errors.ts";
import { ReadyState } from "../handler.ts";
import { costOf, Outbox, type OutboxEntry } from "./outbox.ts";
import { type Frame, unwrapMessage, writeAcknowledgement } from "./wire_format.ts";

/** Received messages and bytes after which an acknowledgement is due, and milliseconds after which one is sent anyway. */
const ACKNOWLEDGE_MESSAGES = 64, ACKNOWLEDGE_BYTES = 64 * 1024, ACKNOWLEDGE_MS = 200;
/** Above this many bytes not yet given to the system, the next message waits in the outbox. */
const HIGH_WATER_BYTES = 64 * 1024;
/** Above this many bytes that wait for a transport senders wait. */
const CONGESTED_BYTES = 256 * 1024;

/** What concerns the owner of a session. */
export interface SessionSocketOptions {
  readonly clock: Clock;
  /** Bytes that may be kept. */
  readonly bufferBytes: number;
  /** Whether the platform lets this side close with the code. */
  canClose(code: number): boolean;
  /** The program ends the session while there is no connection, or drops it. */
  onEnd(): void;
}

/** What was not acknowledged when a session ended. */
export interface Leftover {
  /** Was sent; may have arrived. */
  readonly lost: readonly Message[];
  /** Was never sent. */
  readonly unsent: readonly Message[];
}

/** Sends and receives with offsets. */
export class SessionSocket implements NativeSocket {
  readonly name = "a resumable connection";
  readonly tellsDrain = true;
  readonly canSendPlain = true;
  wire!: PausableWire;
  /** Whether the program has closed it. */
  isClosing = false;
  /** Offset of the next message to arrive. */
  received = 0;
  readonly #options: SessionSocketOptions;
  readonly #outbox = new Outbox();
  #connection: SendingConnection | null = null;
  /** Offset of the next message to be written to the connection. */
  #next = 0;
  /** Offset up to which messages were ever written: the others cannot have arrived. */
  #written = 0;
  #unwrittenBytes = 0;
  #isWaiting = false; // for room
  #acknowledged = 0;
  #unacknowledgedBytes = 0;
  #timer: TimerId = null;

  constructor(options: SessionSocketOptions) {
    this.#options = options;
  }

  get remoteAddress(): Address | null {
    return this.#connection?.remoteAddress ?? null;
  }

  /** Bytes that are not acknowledged. */
  get bufferedAmount(): number {
    return this.#outbox.bytes;
  }

  /**
   * Whether senders are to wait: for the transport, as without sessions, and for acknowledgements only when
   * much is not acknowledged. These come behind messages that the program may not read before it has sent.
   */
  get isCongested(): boolean {
    const waiting = this.#unwrittenBytes + (this.#connection?.bufferedAmount ?? 0);
    return waiting > CONGESTED_BYTES || this.isStuck;
  }

  /** Whether nothing goes on without acknowledgements: then messages must be taken although nobody reads them. */
  get isStuck(): boolean {
    return this.#outbox.bytes > this.#options.bufferBytes / 2;
  }

  canClose(code: number): boolean {
    return this.#options.canClose(code);
  }

  send(message: Message, compress: boolean): void {
    const outbox = this.#outbox, connection = this.#connection;
    const isNext = this.#next === outbox.next;
    const entry = outbox.push(message, compress);
    this.#unwrittenBytes += costOf(entry);
    if (this.isStuck) this.wire.release();
    if (connection === null || this.#isWaiting || !isNext) return;
    if (connection.readyState !== ReadyState.OPEN) return;
    this.#write(connection, entry);
  }

  ping(payload: Uint8Array): void {
    const connection = this.#connection;
    if (connection === null) {
      throw new WebSocketError("ERR_CLOSED", "ping: not connected just now");
    }
    connection.ping(payload).then(() => this.wire.onPong(payload), () => {});
  }

  pong(payload: Uint8Array): void {
    this.#connection?.pong(payload).catch(() => {}); // as lost as the connection
  }

  close(code: number, reason: string): void {
    this.isClosing = true;
    const connection = this.#connection;
    if (connection === null) return this.#options.onEnd();
    this.#flush(connection, Infinity);
    this.#acknowledge();
    connection.close(code, reason);
  }

  abort(): void {
    this.drop(undefined);
  }

  /** Drops the connection of the moment, with a cause, and ends the session. */
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

  /** Goes on over this connection, after the other side has told what it has received. */
  use(connection: SendingConnection, received: number): void {
    this.#outbox.acknowledge(received);
    this.#connection = connection;
    this.#next = received;
    this.#unwrittenBytes = this.#outbox.bytes;
    this.#isWaiting = false;
    this.#acknowledged = this.received;
    this.#unacknowledgedBytes = 0;
    this.#flush(connection, HIGH_WATER_BYTES);
    this.wire.onDrain();
  }

  /** The connection is over, or is replaced. */
  unuse(): void {
    this.#connection = null;
    this.#stopTimer();
  }

  /** A message or an acknowledgement came. Returns `false` for what breaks the subprotocol. */
  receive(frame: Frame, bytes: number): boolean {
    if (frame.type === "message") {
      if (frame.offset !== this.received) return false;
      this.received++;
      this.#unacknowledgedBytes += bytes;
      this.wire.onMessage(frame.message);
      this.#acknowledgeInTime();
      return true;
    }
    if (frame.type !== "acknowledge" || !this.canResumeAt(frame.received)) return false;
    this.#outbox.acknowledge(frame.received);
    this.wire.onDrain();
    return true;
  }

  /** Ends the session. Gives what was not acknowledged. */
  finish(): Leftover {
    this.unuse();
    const { before, after } = this.#outbox.restart(this.#written);
    return { lost: before, unsent: after.map(({ written }) => unwrapMessage(written)) };
  }

  /** A new session takes the place of this one: what was never sent goes on in it. Gives what was lost. */
  restart(): readonly Message[] {
    const { before, after } = this.#outbox.restart(this.#written);
    for (const { written, compress } of after) this.#outbox.push(unwrapMessage(written), compress);
    this.received =
      this.#next =
      this.#written =
      this.#acknowledged =
        0;
    return before;
  }

  #flush(connection: SendingConnection, highWaterBytes: number): void {
    while (this.#next < this.#outbox.next && connection.readyState === ReadyState.OPEN) {
      if (this.#isWaiting && highWaterBytes !== Infinity) return;
      this.#write(connection, this.#outbox.at(this.#next));
    }
  }

  #write(connection: SendingConnection, entry: OutboxEntry): void {
    const { written, compress } = entry;
    this.#next++;
    this.#unwrittenBytes -= costOf(entry);
    if (this.#written < this.#next) this.#written = this.#next;
    const hasRoom = connection.send(written, compress ? undefined : { compress });
    if (connection.bufferedAmount <= HIGH_WATER_BYTES || this.#isWaiting) return;
    this.#isWaiting = true;
    const goOn = (): void => {
      if (this.#connection !== connection) return;
      this.#isWaiting = false;
      this.#flush(connection, HIGH_WATER_BYTES);
      this.wire.onDrain();
    };
    hasRoom.then(goOn, () => {}); // a connection that is over is replaced
  }

  #acknowledgeInTime(): void {
    const isDue = this.received - this.#acknowledged >= ACKNOWLEDGE_MESSAGES ||
      this.#unacknowledgedBytes >= ACKNOWLEDGE_BYTES;
    if (isDue) return this.#acknowledge();
    this.#timer ??= this.#options.clock.after(ACKNOWLEDGE_MS, () => {
      this.#timer = null;
      this.#acknowledge();
    });
  }

  #acknowledge(): void {
    const connection = this.#connection;
    if (connection === null || connection.readyState !== ReadyState.OPEN) return;
    if (this.#acknowledged === this.received) return;
    this.#acknowledged = this.received;
    this.#unacknowledgedBytes = 0;
    connection.send(writeAcknowledgement(this.received));
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.clock.clear(this.#timer);
    this.#timer = null;
  }
}
