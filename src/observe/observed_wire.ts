/**
 * The filter around the wire of an observed connection.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { MessageOptions } from "../protocol/message_options.ts";
import type { Wire } from "../connection/wire.ts";
import type { SendingConnection } from "../handler.ts";
import { FilteredWire } from "../connection/filtered_wire.ts";

/** Receives the events of a wire. */
export interface WireWatch {
  readonly now: () => number;
  onReceive(connection: SendingConnection, size: number): void;
  onSend(connection: SendingConnection, size: number): void;
  onRoundTrip(connection: SendingConnection, milliseconds: number): void;
}

/** A wire that reports its messages and round trips. */
export class ObservedWire extends FilteredWire {
  /** Set when the connection opens, before any message. */
  connection!: SendingConnection;
  readonly handshakeMs: number;
  readonly openedAt: number;
  readonly #watch: WireWatch;
  #pingedAt = -1; // time of a ping that is not answered

  constructor(inner: Wire, { watch, handshakeMs }: { watch: WireWatch; handshakeMs: number }) {
    super(inner);
    this.#watch = watch;
    this.handshakeMs = handshakeMs;
    this.openedAt = watch.now();
  }

  override onMessage(data: Message): boolean {
    this.#watch.onReceive(this.connection, data.length);
    return this.sink.onMessage(data);
  }

  override onFragment(data: Message, final: boolean): boolean {
    this.#watch.onReceive(this.connection, data.length);
    return this.sink.onFragment(data, final);
  }

  override sendMessage(message: Message, options: MessageOptions): void {
    this.inner.sendMessage(message, options);
    this.#watch.onSend(this.connection, message.length);
  }

  override sendPing(payload: Uint8Array): void {
    super.sendPing(payload);
    if (this.#pingedAt < 0) this.#pingedAt = this.#watch.now();
  }

  override onPong(payload: Uint8Array): void {
    if (this.#pingedAt >= 0) {
      this.#watch.onRoundTrip(this.connection, this.#watch.now() - this.#pingedAt);
      this.#pingedAt = -1;
    }
    super.onPong(payload);
  }
}
