/**
 * The wire of a connection that outlives the connections under it.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import { WebSocketError } from "../errors.ts";
import { type Deferred, makeDeferred, READY } from "../promises.ts";
import { NativeWire, type NativeWireOptions } from "./native_wire.ts";

/**
 * A native wire whose source can be paused: the source waits for {@linkcode whenFree} before it
 * passes on the next message.
 */
export class PausableWire extends NativeWire {
  readonly #source: { readonly isCongested: boolean } | undefined;
  #free: Deferred<void> | null = null;

  /**
   * `source.isCongested` decides when senders wait. By default the number of buffered bytes
   * decides.
   */
  constructor(
    options: NativeWireOptions & { readonly source?: { readonly isCongested: boolean } },
  ) {
    super(options);
    this.#source = options.source;
  }

  override get isCongested(): boolean {
    return this.#source?.isCongested ?? super.isCongested;
  }

  /** Fulfilled when the wire can take messages again. */
  whenFree(): Promise<void> {
    if (!this.isPaused) return READY;
    return (this.#free ??= makeDeferred()).promise;
  }

  override resume(): void {
    super.resume();
    if (!this.isPaused) this.release();
  }

  /** Sends a ping over the underlying connection. Its pong is one of this connection. */
  pingOver(connection: SendingConnection | null, payload: Uint8Array): void {
    if (connection === null) throw new WebSocketError("ERR_CLOSED", "ping: not connected just now");
    connection.ping(payload).then(() => this.onPong(payload), () => {});
  }

  /** Sends a pong over the underlying connection. A pong is lost together with its connection. */
  pongOver(connection: SendingConnection | null, payload: Uint8Array): void {
    connection?.pong(payload).catch(() => {});
  }

  /**
   * Lets the source pass on its messages even while the wire is paused. It is called when the
   * underlying connection has ended, so that only few messages are left, and when sending waits for
   * an acknowledgement, which is one of the messages.
   */
  release(): void {
    const free = this.#free;
    this.#free = null;
    free?.resolve();
  }
}
