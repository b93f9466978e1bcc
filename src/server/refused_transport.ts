/**
 * The end of a transport that did not become a connection.
 *
 * @module
 */
import type { TimerId } from "../clock.ts";
import type { FramedContext } from "../framed/framed_context.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";

/** Sends the answer, ends the transport and drops what still comes, for a while. */
export class RefusedTransport implements TransportSink {
  readonly #transport: Transport;
  readonly #context: FramedContext;
  #timer: TimerId = null;

  constructor(transport: Transport, context: FramedContext) {
    this.#transport = transport;
    this.#context = context;
    transport.sink = this;
  }

  /** Dropping unread bytes would reset the connection and lose the answer: read them until the peer ends. */
  answer(response: Uint8Array): void {
    const { platform: { clock }, limits: { closeTimeoutMs } } = this.#context;
    this.#timer = clock.after(closeTimeoutMs, () => this.#transport.abort());
    this.#transport.write(response, 0, response.length);
    this.#transport.end();
    this.#transport.resume();
  }

  onChunk(): void {}

  onEnd(): void {}

  onDrain(): void {}

  onClose(): void {
    this.#context.platform.clock.clear(this.#timer);
  }
}
