/**
 * Sends large messages in slices, so that compressing one does not block the process. It is made
 * together with the codec, because uncompressed messages are not sent in slices.
 *
 * @module
 */
import type { Protocol } from "../protocol/protocol.ts";
import type { DeflateEngine } from "./compression.ts";
import { HIGH_WATER_BYTES, type Transport } from "../transport/transport.ts";

/** Options of {@linkcode SliceSender}. */
export interface SliceSenderOptions {
  readonly protocol: Protocol;
  readonly transport: Transport;
  readonly nextTurn: DeflateEngine["nextTurn"];
  /** Called when the last slice is sent and the transport can take more. */
  readonly onDrain: () => void;
}

/** Sends one slice in each turn of the event loop, while the transport can take it. */
export class SliceSender {
  readonly #options: SliceSenderOptions;
  #isScheduled = false;

  constructor(options: SliceSenderOptions) {
    this.#options = options;
  }

  /** Schedules the next slice, if one waits. Returns whether slices wait. */
  schedule(): boolean {
    const { protocol, nextTurn } = this.#options;
    if (!protocol.isSending) return false;
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      nextTurn(() => this.#sendNext());
    }
    return true;
  }

  #sendNext(): void {
    this.#isScheduled = false;
    const { protocol, transport, onDrain } = this.#options;
    // If `isSending` is `false`, the connection was closed. A full transport calls `onDrain` later.
    if (!protocol.isSending || transport.bufferedAmount > HIGH_WATER_BYTES) return;
    protocol.sendOwedPong(); // a pong does not wait for the end of the message
    protocol.sendNext();
    if (!this.schedule() && transport.bufferedAmount <= HIGH_WATER_BYTES) onDrain();
  }
}
