/**
 * What a stable connection sends to: the connection of the moment, or a queue while there is none.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Address, Message } from "../message.ts";
import type { NativeSocket } from "../native/native_wire.ts";
import { WebSocketError } from "../errors.ts";
import { ReadyState } from "../handler.ts";
import type { PausableWire } from "../native/pausable_wire.ts";

/** A message that waits. */
interface Waiting {
  readonly message: Message;
  readonly compress: boolean;
}

/** Above this many bytes not yet given to the system, the next message waits here. */
const HIGH_WATER_BYTES = 64 * 1024;
/** What a message costs in the queue besides its bytes: a million empty ones are not free. */
const ENTRY_BYTES = 64;

const encoder = /* @__PURE__ */ new TextEncoder();

/** What happens to it that concerns the attempts. */
export interface QueueingSocketOptions {
  canClose(code: number): boolean;
  /** The program ends the connection: no more attempts. */
  onEnd(): void;
}

/** Sends in order, over whatever connection there is. */
export class QueueingSocket implements NativeSocket {
  readonly name = "a connection that reconnects";
  readonly tellsDrain = true;
  readonly canSendPlain = true;
  wire!: PausableWire;
  /** Whether the program has closed it. */
  isClosing = false;
  readonly #options: QueueingSocketOptions;
  #connection: SendingConnection | null = null;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #isWaiting = false; // for room

  constructor(options: QueueingSocketOptions) {
    this.#options = options;
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
    // The bytes are taken now: their owner may write to them.
    const own = typeof message === "string" ? message : message.slice();
    this.#queue.push({ message: own, compress });
    this.#queuedBytes += costOf(own);
  }

  ping(payload: Uint8Array): void {
    const connection = this.#connection;
    if (connection === null) throw new WebSocketError("ERR_CLOSED", "ping: not connected just now");
    const answered = (): void => this.wire.onPong(payload);
    connection.ping(payload).then(answered, () => {});
  }

  pong(payload: Uint8Array): void {
    this.#connection?.pong(payload).catch(() => {}); // as lost as the connection
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

  /** Drops the connection of the moment, with a cause, and makes no more. */
  drop(cause: unknown): void {
    this.isClosing = true;
    this.#options.onEnd();
    this.#connection?.abort(cause);
  }

  /** Sends what waits over this connection, and what comes, in order. */
  use(connection: SendingConnection): void {
    this.#connection = connection;
    this.#isWaiting = false;
    this.#flush();
  }

  /** The connection is over. */
  unuse(): void {
    this.#connection = null;
  }

  /** The messages that wait, for the last time. */
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

  /** All at once, before a Close. */
  #giveAll(connection: SendingConnection): void {
    for (const { message, compress } of this.#queue) {
      connection.send(message, compress ? undefined : { compress });
    }
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #give(connection: SendingConnection, { message, compress }: Waiting): void {
    const hasRoom = connection.send(message, compress ? undefined : { compress });
    if (connection.bufferedAmount <= HIGH_WATER_BYTES) return;
    this.#isWaiting = true;
    const goOn = (): void => {
      if (this.#connection !== connection) return;
      this.#isWaiting = false;
      this.#flush();
    };
    hasRoom.then(goOn, () => {}); // a connection that is over is replaced
  }
}

function costOf(message: Message): number {
  const bytes = typeof message === "string" ? encoder.encode(message).length : message.length;
  return ENTRY_BYTES + bytes;
}
