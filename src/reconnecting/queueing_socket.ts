/**
 * The sending side of a stable connection: sends over the current underlying connection, or queues
 * while there is none.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { MessageLimits } from "../connection/limits.ts";
import type { SendingConnection } from "../handler.ts";
import type { Address, Message } from "../message.ts";
import type { NativeSocket } from "../native/native_wire.ts";
import { ReadyState } from "../handler.ts";
import { PausableWire } from "../native/pausable_wire.ts";

/** A queued message. */
interface Waiting {
  readonly message: Message;
  readonly compress: boolean;
}

/**
 * While the connection has more than this many bytes not yet given to the system, messages are
 * queued.
 */
const HIGH_WATER_BYTES = 64 * 1024;
/**
 * Bytes of memory that a queued message costs beside its content, so that a million empty messages
 * count.
 */
const ENTRY_BYTES = 64;

const encoder = /* @__PURE__ */ new TextEncoder();

/** Options of {@linkcode QueueingSocket}. */
export interface QueueingSocketOptions {
  readonly clock: Clock;
  readonly limits: MessageLimits;
  canClose(code: number): boolean;
  /** Called when the program ends the connection, so that no more attempts are made. */
  onEnd(): void;
}

/** Sends in order, over the current underlying connection. */
export class QueueingSocket implements NativeSocket {
  readonly name = "a connection that reconnects";
  readonly tellsDrain = true;
  readonly canSendPlain = true;
  readonly wire: PausableWire;
  /** Whether the program has closed the connection. */
  isClosing = false;
  readonly #options: QueueingSocketOptions;
  #connection: SendingConnection | null = null;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #isWaiting = false; // while the connection cannot take more

  constructor(options: QueueingSocketOptions) {
    this.#options = options;
    const { clock, limits } = options;
    this.wire = new PausableWire({ socket: this, clock, limits });
  }

  get remoteAddress(): Address | null {
    return this.#connection?.remoteAddress ?? null;
  }

  get bufferedAmount(): number {
    return this.#queuedBytes + (this.#connection?.bufferedAmount ?? 0);
  }

  canClose(code: number): boolean {
    return this.#options.canClose(code);
  }

  send(message: Message, compress: boolean): void {
    const connection = this.#connection;
    if (connection?.readyState === ReadyState.OPEN && this.#queue.length === 0) {
      if (!this.#isWaiting) return this.#give(connection, { message, compress });
    }
    // The bytes are copied now, because their owner may change them.
    const own = typeof message === "string" ? message : message.slice();
    this.#queue.push({ message: own, compress });
    this.#queuedBytes += costOf(own);
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
    if (connection.readyState === ReadyState.OPEN) this.#giveAll(connection);
    connection.close(code, reason);
  }

  abort(): void {
    this.drop(undefined);
  }

  /** Drops the current connection with a cause, and makes no more. */
  drop(cause: unknown): void {
    this.isClosing = true;
    this.#options.onEnd();
    this.#connection?.abort(cause);
  }

  /** Sends queued and later messages over this connection, in order. */
  use(connection: SendingConnection): void {
    this.#connection = connection;
    this.#isWaiting = false;
    this.#flush();
  }

  /** The current connection has ended. */
  unuse(): void {
    this.#connection = null;
  }

  /** Takes the messages that were never sent. */
  takeUnsent(): readonly Message[] {
    const messages = this.#queue.map(({ message }) => message);
    this.#queue = [];
    this.#queuedBytes = 0;
    return messages;
  }

  #flush(): void {
    const connection = this.#connection;
    if (connection === null) return;
    let taken = 0;
    while (taken < this.#queue.length && !this.#isWaiting) {
      if (connection.readyState !== ReadyState.OPEN) break;
      const next = this.#queue[taken++]!;
      this.#queuedBytes -= costOf(next.message);
      this.#give(connection, next);
    }
    this.#queue.splice(0, taken);
    this.wire.onDrain();
  }

  /** Sends all queued messages at once, before a Close. */
  #giveAll(connection: SendingConnection): void {
    for (const { message, compress } of this.#queue) {
      connection.send(message, compress ? undefined : { compress });
    }
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #give(connection: SendingConnection, { message, compress }: Waiting): void {
    const ready = connection.send(message, compress ? undefined : { compress });
    if (connection.bufferedAmount <= HIGH_WATER_BYTES) return;
    this.#isWaiting = true;
    const onReady = (): void => {
      if (this.#connection !== connection) return;
      this.#isWaiting = false;
      this.#flush();
    };
    // A rejection means that the connection has ended, and it is replaced.
    ready.then(onReady, () => {});
  }
}

function costOf(message: Message): number {
  const bytes = typeof message === "string" ? encoder.encode(message).length : message.length;
  return ENTRY_BYTES + bytes;
}
