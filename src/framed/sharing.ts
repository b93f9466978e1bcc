/**
 * Sends shared messages on one connection. It is made at the connection's first shared message.
 *
 * @module
 */
import type { WireFailure } from "../connection/framing.ts";
import type { SendingConnection } from "../handler.ts";
import type { MessageCodec } from "../protocol/message_codec.ts";
import type { Protocol } from "../protocol/protocol.ts";
import type { Transport } from "../transport/transport.ts";
import type { OutputSlot } from "./gathered_output.ts";
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
  /** Called with the length of each message, if the connection has an observer. */
  readonly onShared?: ((size: number) => void) | undefined;
  /** Ends the connection, because more than `maxBufferedBytes` is buffered. */
  onTooMuch(failure: WireFailure): void;
}

/** The sending side of one connection, for shared messages. */
export interface Outlet {
  /** Whether messages can be sent. */
  readonly isOpen: boolean;
  /** Bytes that wait for the peer. Output that leaves at the end of this turn may not count. */
  readonly bufferedAmount: number;
  /** Sends a message. */
  send(message: SharedMessage): void;
  /** Fulfilled when the connection can take more, or is closed. */
  whenReady(): Promise<void>;
}

/** Sends shared messages on one connection. */
export class Sharing implements Outlet {
  // Fields of its own, because an object between would be one more miss of the cache for each of a
  // thousand receivers.
  readonly #transport: Transport;
  readonly #output: SharedOutput;
  readonly #protocol: Protocol;
  readonly #codec: MessageCodec | null;
  readonly #slot: OutputSlot;
  readonly #options: SharingOptions;
  #waiting: SharedMessage[] = []; // messages behind an unfinished fragmented message
  #waitingBytes = 0;
  #ready: Deferred<void> | null = null;

  constructor(options: SharingOptions) {
    const { transport, output, protocol, codec } = options;
    this.#transport = transport;
    this.#output = output;
    this.#protocol = protocol;
    this.#codec = codec;
    this.#slot = output.slotOf(transport);
    this.#options = options;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#protocol.state === "open";
  }

  /** Bytes that wait for the peer. Output that leaves at the end of this turn does not count. */
  get bufferedAmount(): number {
    return this.#transport.bufferedAmount + this.#protocol.waitingAmount + this.#waitingBytes;
  }

  /** Sends a message in order with all others. It waits while another message is unfinished. */
  send(message: SharedMessage): void {
    const { onShared } = this.#options;
    if (this.#transport.bufferedAmount > HIGH_WATER_BYTES && this.#isTooMuch()) return;
    if (onShared !== undefined) onShared(message.message.length);
    if (this.#protocol.isBetweenMessages) this.#share(message);
    else {
      this.#waiting.push(message);
      this.#waitingBytes += message.message.length;
      const { bufferedAmount } = this, { maxBufferedBytes, onTooMuch } = this.#options;
      if (bufferedAmount > maxBufferedBytes) {
        onTooMuch(sendLimitFailure(bufferedAmount, maxBufferedBytes));
      }
    }
  }

  /** Fulfilled when the connection can take more, or is closed. */
  whenReady(): Promise<void> {
    const isFull = this.#transport.bufferedAmount > HIGH_WATER_BYTES || this.#waitingBytes > 0;
    if (!isFull || this.#protocol.state !== "open") return READY;
    return (this.#ready ??= makeDeferred()).promise;
  }

  /** Called after a fragment was sent. Sends the waiting messages if it was the last one. */
  sendWaiting(): void {
    if (this.#waiting.length === 0 || !this.#protocol.isBetweenMessages) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const message of waiting) this.#share(message);
    if (this.#transport.bufferedAmount <= HIGH_WATER_BYTES) this.onDrain();
  }

  /** The transport has room. */
  onDrain(): void {
    this.#ready?.resolve();
    this.#ready = null;
  }

  #share(message: SharedMessage): void {
    this.#output.share(this.#slot, message.frameFor(this.#codec));
  }

  /** Ends the connection if more than `maxBufferedBytes` is buffered. */
  #isTooMuch(): boolean {
    const { maxBufferedBytes, onTooMuch } = this.#options;
    const bufferedBytes = this.bufferedAmount + this.#output.pendingOf(this.#transport);
    if (bufferedBytes <= maxBufferedBytes) return false;
    onTooMuch(sendLimitFailure(bufferedBytes, maxBufferedBytes));
    return true;
  }
}

/** The failure of a connection whose publishers did not wait for it. */
export function sendLimitFailure(bufferedBytes: number, maxBufferedBytes: number): WireFailure {
  const reason =
    `${bufferedBytes} bytes are buffered, maxBufferedBytes is ${maxBufferedBytes}: await publish()`;
  return { ending: "sendLimit", code: CloseCode.AbnormalClosure, reason };
}

/** A wire that can share. */
export interface SharingWire {
  readonly sharing: Outlet;
  /** Set by an observer before the first shared message: called with the size of each. */
  onShared?: (size: number) => void;
}

/** Whether a wire can share. */
export function canShare(wire: object): wire is SharingWire {
  return "sharing" in wire;
}

let wires: WeakMap<SendingConnection, SharingWire> | null = null;

/**
 * From now on, new connections are registered for `sharingOf`. Programs that do not share have no
 * such cost.
 */
export function keepSharing(): void {
  wires ??= new WeakMap();
}

/** Registers an open connection with its wire. */
export function noteSharing(connection: SendingConnection, wire: SharingWire): void {
  wires?.set(connection, wire);
}

/**
 * Returns the object that sends shared messages on a connection, or `null` if its wire has none.
 */
export function sharingOf(connection: SendingConnection): Outlet | null {
  return wires?.get(connection)?.sharing ?? null;
}
