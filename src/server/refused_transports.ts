/**
 * The end of transports that did not become connections.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import { Deadlines } from "./deadlines.ts";

/** The time for the answer to arrive, and for the peer to end its side. */
const LINGER_MS = 1_000;
/** Bytes that are read meanwhile: an ordinary request's body. What is more stays in the network. */
const MOST_BYTES = 1024 * 1024;
/** Refused transports that are waited for. Beyond it the oldest is dropped: each holds a file. */
const MOST_LINGERING = 128;

/** The refused transports of one server. */
export class RefusedTransports {
  readonly #lingering: Deadlines<RefusedTransport>;

  constructor(clock: Clock, closeTimeoutMs: number) {
    this.#lingering = new Deadlines(clock, Math.min(LINGER_MS, closeTimeoutMs));
  }

  /**
   * Sends the answer and ends the transport. Dropping it with bytes unread would reset the connection
   * and might lose the answer, so what comes is read for a while.
   */
  answer(transport: Transport, response: Uint8Array): void {
    const lingering = this.#lingering;
    const refused = new RefusedTransport(transport, () => lingering.delete(refused));
    lingering.add(refused);
    transport.write(response, 0, response.length);
    transport.end();
    transport.resume();
    if (lingering.size <= MOST_LINGERING) return;
    const [oldest] = lingering;
    oldest?.timeOut();
  }
}

/** One of them. */
class RefusedTransport implements TransportSink {
  readonly #transport: Transport;
  readonly #onOver: () => void;
  #bytes = 0;

  constructor(transport: Transport, onOver: () => void) {
    this.#transport = transport;
    this.#onOver = onOver;
    transport.sink = this;
  }

  timeOut(): void {
    this.#onOver();
    this.#transport.abort();
  }

  onChunk(chunk: Uint8Array): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) this.#transport.pause();
    return true;
  }

  onEnd(): void {}

  onDrain(): void {}

  onClose(): void {
    this.#onOver();
  }
}
