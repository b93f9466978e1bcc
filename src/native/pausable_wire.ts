/**
 * The wire of a connection that outlives the connections under it.
 *
 * @module
 */
import { type Deferred, makeDeferred, READY } from "../promises.ts";
import { NativeWire, type NativeWireOptions } from "./native_wire.ts";

/** Unlike a WebSocket of the platform, what is under it can be held back: it waits for {@linkcode whenFree}. */
export class PausableWire extends NativeWire {
  readonly #source: { readonly isCongested: boolean } | undefined;
  #free: Deferred<void> | null = null;

  /** `source` tells when senders are to wait; default: by the bytes that are buffered. */
  constructor(
    options: NativeWireOptions & { readonly source?: { readonly isCongested: boolean } },
  ) {
    super(options);
    this.#source = options.source;
  }

  override get isCongested(): boolean {
    return this.#source?.isCongested ?? super.isCongested;
  }

  /** Fulfilled when messages are taken again. */
  whenFree(): Promise<void> {
    if (!this.isPaused) return READY;
    return (this.#free ??= makeDeferred()).promise;
  }

  override resume(): void {
    super.resume();
    if (!this.isPaused) this.release();
  }

  /** Takes the messages that wait, also while held: their connection is over, and they are all. */
  release(): void {
    const free = this.#free;
    this.#free = null;
    free?.resolve();
  }
}
