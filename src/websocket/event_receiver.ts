/**
 * Messages on their way to the events of a `WebSocket`.
 *
 * @module
 */
import type { Wire } from "../connection/wire.ts";
import type { Receiver } from "../connection/receiver.ts";
import type { Message } from "../message.ts";
import type { Delivery } from "../protocol/protocol_sink.ts";
import { INBOX_HIGH_WATER_BYTES } from "../connection/inbox.ts";

/** What a message costs beside its content. */
const MESSAGE_BYTES = 64;

/** Hands each message on at once, and holds the peer back while too many wait for their task. */
export class EventReceiver implements Receiver {
  readonly #wire: Wire;
  readonly #onMessage: (message: Message) => void;
  #heldBytes = 0;
  #isEnding = false;
  #hasHeld = false;

  constructor(wire: Wire, onMessage: (message: Message) => void) {
    this.#wire = wire;
    this.#onMessage = onMessage;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isBusy(): boolean {
    return this.#heldBytes > 0 && !this.#isEnding;
  }

  beginMessage(): Delivery {
    return "message";
  }

  message(message: Message): boolean {
    this.#heldBytes += costOf(message);
    this.#onMessage(message);
    if (this.#heldBytes < INBOX_HIGH_WATER_BYTES || this.#isEnding) return true;
    this.#hasHeld = true;
    this.#wire.hold();
    return false;
  }

  /** A message's task runs. */
  taken(message: Message): void {
    this.#heldBytes -= costOf(message);
    if (!this.#hasHeld || this.#heldBytes > INBOX_HIGH_WATER_BYTES / 2) return;
    this.#hasHeld = false;
    this.#wire.resume();
  }

  fragment(): boolean {
    return true; // `beginMessage` asks for whole messages only
  }

  ending(): void {
    this.#isEnding = true;
  }

  end(): void {}

  clear(): void {} // a socket that is not open drops its messages itself
}

function costOf(message: Message): number {
  const bytes = typeof message === "string" ? message.length * 2 : message.byteLength;
  return MESSAGE_BYTES + bytes;
}
