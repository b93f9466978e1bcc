/**
 * Ends transports that did not become connections.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import { Deadlines } from "./deadlines.ts";

/** Milliseconds for the answer to arrive and for the peer to end its side. */
const LINGER_MS = 1_000;
/**
 * Most bytes that are read meanwhile, for example the body of an ordinary request. Further bytes
 * are not read.
 */
const MOST_BYTES = 1024 * 1024;
/**
 * Most refused transports that wait for the peer. Beyond this number the oldest is dropped, because
 * each holds a file descriptor.
 */
const MOST_LINGERING = 128;

/** The refused transports of one server. */
export class RefusedTransports {
  readonly #lingering: Deadlines<RefusedTransport>;

  constructor(clock: Clock, closeTimeoutMs: number) {
    this.#lingering = new Deadlines(clock, Math.min(LINGER_MS, closeTimeoutMs));
  }

  /**
   * Sends the answer and ends the transport. Bytes that arrive are read for a while, because
   * dropping a transport with unread bytes resets the connection and may lose the answer.
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

/** One refused transport. */
class RefusedTransport implements TransportSink {
  readonly #transport: Transport;
  readonly #onClosed: () => void;
  #bytes = 0;

  constructor(transport: Transport, onClosed: () => void) {
    this.#transport = transport;
    this.#onClosed = onClosed;
    transport.sink = this;
  }

  timeOut(): void {
    this.#onClosed();
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
    this.#onClosed();
  }
}
