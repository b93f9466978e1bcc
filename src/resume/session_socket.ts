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
import { READY } from "../promises.ts";
import { Outbox } from "./outbox.ts";
import { isMarked, readControl, writeAcknowledgement, writeMessage } from "./wire_format.ts";

/** Received bytes after which an acknowledgement is due, where a message counts as many more. */
const ACKNOWLEDGE_BYTES = 64 * 1024, MESSAGE_BYTES = 512;
/** Milliseconds after which one is sent anyway. */
const ACKNOWLEDGE_MS = 200;
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
  /**
   * Whether senders are to wait: for the transport, as without sessions, and for acknowledgements only when
   * much is not acknowledged. These come behind messages that the program may not read before it has sent.
   */
  isCongested = false;
  readonly #options: SessionSocketOptions;
  readonly #outbox = new Outbox();
  readonly #stuckBytes: number;
  #connection: SendingConnection | null = null;
  /** Offset of the next message to be written to the connection. */
  #next = 0;
  /** Offset up to which messages were ever written: the others cannot have arrived. */
  #written = 0;
  #unwrittenBytes = 0;
  #isWaiting = false; // for room
  #acknowledged = 0;
  /** Bytes that may arrive until an acknowledgement is due. */
  #budget = ACKNOWLEDGE_BYTES;
  #timer: TimerId = null;

  constructor(options: SessionSocketOptions) {
    this.#options = options;
    this.#stuckBytes = options.bufferBytes / 2;
  }

  get remoteAddress(): Address | null {
    return this.#connection?.remoteAddress ?? null;
  }

  /** Bytes that are not acknowledged. */
  get bufferedAmount(): number {
    return this.#outbox.bytes;
  }

  /** Whether sending has to wait for acknowledgements. They come as messages, so these are taken even if nobody reads. */
  get isStuck(): boolean {
    return this.#outbox.bytes > this.#stuckBytes;
  }

  canClose(code: number): boolean {
    return this.#options.canClose(code);
  }

  send(message: Message, compress: boolean): void {
    const outbox = this.#outbox, connection = this.#connection;
    const cost = outbox.push(message, compress);
    const isFree = connection !== null && !this.#isWaiting && this.#unwrittenBytes === 0;
    if (!isFree || !this.#write(connection, message, compress)) {
      this.#unwrittenBytes += cost;
      this.#update();
    }
    if (outbox.bytes <= this.#stuckBytes) return;
    this.isCongested = true;
    this.wire.release();
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
    this.#flush(connection, { mayWait: false });
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
    this.#budget = ACKNOWLEDGE_BYTES;
    this.#flush(connection, { mayWait: true });
    this.#drain();
  }

  /** The connection is over, or is replaced. */
  unuse(): void {
    this.#connection = null;
    this.#update();
    this.#stopTimer();
  }

  /** A message came. Returns `false` for what breaks the subprotocol. */
  receive(message: Message): boolean {
    if (isMarked(message)) return this.#receiveMarked(message);
    this.#take(message);
    return true;
  }

  /** Ends the session. Gives what was not acknowledged. */
  finish(): Leftover {
    this.unuse();
    const { before, after } = this.#outbox.restart(this.#written);
    return { lost: before, unsent: after.map(({ message }) => message) };
  }

  /** A new session takes the place of this one: what was never sent goes on in it. Gives what was lost. */
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

  /** Writes what waits. */
  #flush(connection: SendingConnection, { mayWait }: { mayWait: boolean }): void {
    while (this.#next < this.#outbox.next && !(this.#isWaiting && mayWait)) {
      const cost = this.#outbox.costAt(this.#next);
      const { message, compress } = this.#outbox.at(this.#next);
      if (!this.#write(connection, message, compress)) return;
      this.#unwrittenBytes -= cost;
    }
  }

  /** Writes the next message. Returns `false` if the connection takes none any more. */
  #write(connection: SendingConnection, message: Message, compress: boolean): boolean {
    const written = isMarked(message) ? writeMessage(message) : message;
    const hasRoom = compress ? connection.send(written) : connection.send(written, { compress });
    if (hasRoom !== READY) {
      if (connection.readyState !== ReadyState.OPEN) return false;
      this.#waitForRoom(connection, hasRoom);
    }
    if (++this.#next > this.#written) this.#written = this.#next;
    return true;
  }

  #waitForRoom(connection: SendingConnection, hasRoom: Promise<void>): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#update();
    const goOn = (): void => {
      if (this.#connection !== connection) return;
      this.#isWaiting = false;
      this.#flush(connection, { mayWait: true });
      this.#drain();
    };
    hasRoom.then(goOn, () => {}); // a connection that is over is replaced
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
