/**
 * The part of a connection that sends messages which others are sent too. Made for a connection
 * when it first gets one.
 *
 * @module
 */
import type { WireFailure } from "../connection/framing.ts";
import type { SendingConnection } from "../handler.ts";
import type { MessageCodec } from "../protocol/message_codec.ts";
import type { Protocol } from "../protocol/protocol.ts";
import type { Transport } from "../transport/transport.ts";
import type { SharedMessage } from "./shared_message.ts";
import type { SharedOutput } from "./shared_output.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { type Deferred, makeDeferred, READY } from "../promises.ts";
import { HIGH_WATER_BYTES } from "../transport/transport.ts";

/** Options of {@linkcode Sharing}. */
export interface SharingOptions {
  readonly transport: Transport;
  readonly output: SharedOutput;
  readonly protocol: Protocol;
  readonly codec: MessageCodec | null;
  readonly maxBufferedBytes: number;
  /** Told the length of each message, if the connection is looked on at. */
  readonly onShared?: ((size: number) => void) | undefined;
  /** More than `maxBufferedBytes` is buffered: ends the connection. */
  onTooMuch(failure: WireFailure): void;
}

/** Sends shared messages on one connection. */
export class Sharing {
  readonly #options: SharingOptions;
  #waiting: SharedMessage[] = []; // behind a message of which fragments are sent
  #waitingBytes = 0;
  #room: Deferred<void> | null = null;

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#options.protocol.state === "open";
  }

  /** Bytes that wait for the peer. What leaves at the end of this turn does not count. */
  get bufferedAmount(): number {
    const { transport, protocol } = this.#options;
    return transport.bufferedAmount + protocol.waitingAmount + this.#waitingBytes;
  }

  /** Takes a message at once, in order with all others; between messages, not between fragments. */
  send(message: SharedMessage): void {
    const { transport, output, protocol, codec, maxBufferedBytes, onTooMuch } = this.#options;
    if (transport.bufferedAmount > HIGH_WATER_BYTES) {
      const bufferedBytes = this.bufferedAmount + output.pendingOf(transport);
      if (bufferedBytes > maxBufferedBytes) {
        return onTooMuch(sendLimitFailure(bufferedBytes, maxBufferedBytes));
      }
    }
    this.#options.onShared?.(message.message.length);
    if (protocol.isBetweenMessages) output.share(transport, message.frameFor(codec));
    else {
      this.#waiting.push(message);
      this.#waitingBytes += message.message.length;
      const { bufferedAmount } = this;
      if (bufferedAmount > maxBufferedBytes) {
        onTooMuch(sendLimitFailure(bufferedAmount, maxBufferedBytes));
      }
    }
  }

  /** Fulfilled when there is room, or the connection is over. */
  whenRoom(): Promise<void> {
    const { transport, protocol } = this.#options;
    const isFull = transport.bufferedAmount > HIGH_WATER_BYTES || this.#waitingBytes > 0;
    if (!isFull || protocol.state !== "open") return READY;
    return (this.#room ??= makeDeferred()).promise;
  }

  /** Called after fragments were sent, perhaps the last of a message. */
  goOn(): void {
    const { transport, output, protocol, codec } = this.#options;
    if (this.#waiting.length === 0 || !protocol.isBetweenMessages) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const message of waiting) output.share(transport, message.frameFor(codec));
    if (transport.bufferedAmount <= HIGH_WATER_BYTES) this.onDrain();
  }

  /** The transport has room. */
  onDrain(): void {
    this.#room?.resolve();
    this.#room = null;
  }
}

/** The end of a connection whose publishers do not wait for it. */
function sendLimitFailure(bufferedBytes: number, maxBufferedBytes: number): WireFailure {
  const reason =
    `${bufferedBytes} bytes are buffered, maxBufferedBytes is ${maxBufferedBytes}: await publish()`;
  return { ending: "sendLimit", code: CloseCode.AbnormalClosure, reason };
}

/** A wire that can share. */
export interface SharingWire {
  readonly sharing: Sharing;
}

let wires: WeakMap<SendingConnection, SharingWire> | null = null;

/** From now on, connections that are opened are kept for `sharingOf`. Others need not pay for it. */
export function keepSharing(): void {
  wires ??= new WeakMap();
}

/** A connection is open over frames of our own. */
export function noteSharing(connection: SendingConnection, wire: SharingWire): void {
  wires?.set(connection, wire);
}

/** How to share on a connection; `null` for one that is not known to have frames of our own. */
export function sharingOf(connection: SendingConnection): Sharing | null {
  return wires?.get(connection)?.sharing ?? null;
}
