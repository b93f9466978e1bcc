/**
 * The wire of a connection that outlives the connections under it.
 *
 * @module
 */
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

  /**
   * Delivers the messages that wait, even while the wire is paused. It is called when the last
   * underlying connection has ended, so no further message can come.
   */
  release(): void {
    const free = this.#free;
    this.#free = null;
    free?.resolve();
  }
}
