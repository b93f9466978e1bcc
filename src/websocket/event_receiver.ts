/**
 * The receiver of a connection whose messages become events of a `WebSocket`.
 *
 * @module
 */
import type { Wire } from "../connection/wire.ts";
import type { Receiver } from "../connection/receiver.ts";
import type { Message } from "../message.ts";
import type { Delivery } from "../protocol/protocol_sink.ts";
import { INBOX_HIGH_WATER_BYTES } from "../connection/inbox.ts";

/** Bytes of memory that a waiting message costs beside its content. */
const MESSAGE_BYTES = 64;

/** Passes each message on at once. Pauses the peer while too many messages wait for their task. */
export class EventReceiver implements Receiver {
  readonly #wire: Wire;
  readonly #take: (message: Message) => void;
  #bufferedBytes = 0;
  #isEnding = false;
  #hasPaused = false;

  constructor(wire: Wire, take: (message: Message) => void) {
    this.#wire = wire;
    this.#take = take;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  get isBusy(): boolean {
    return this.#bufferedBytes > 0 && !this.#isEnding;
  }

  beginMessage(): Delivery {
    return "message";
  }

  onMessage(message: Message): boolean {
    this.#bufferedBytes += costOf(message);
    this.#take(message);
    if (this.#bufferedBytes < INBOX_HIGH_WATER_BYTES || this.#isEnding) return true;
    this.#hasPaused = true;
    this.#wire.pause();
    return false;
  }

  /** Calls back at once, because each event runs in a task of its own. */
  whenIdle(callback: () => void): void {
    callback();
  }

  /** The task of a message runs. */
  taken(message: Message): void {
    this.#bufferedBytes -= costOf(message);
    if (!this.#hasPaused || this.#bufferedBytes > INBOX_HIGH_WATER_BYTES / 2) return;
    this.#hasPaused = false;
    this.#wire.resume();
  }

  onFragment(): boolean {
    return true; // `beginMessage` asks for whole messages only
  }

  onEnding(): void {
    this.#isEnding = true;
  }

  onEnd(): void {}

  discard(): void {} // a socket that is not open drops its messages itself
}

function costOf(message: Message): number {
  const bytes = typeof message === "string" ? message.length * 2 : message.byteLength;
  return MESSAGE_BYTES + bytes;
}
