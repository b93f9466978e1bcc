/**
 * The sockets of an HTTP server. Limits how many may be silent, and ends them when the server
 * closes.
 *
 * @module
 */
import { systemClock } from "../../../clock.ts";
import { makeDeferred } from "../../../promises.ts";
import type { StreamOwner, TransportStream } from "./transport_stream.ts";

/** The sockets of a server that have not become WebSockets. */
export class HttpSockets implements StreamOwner {
  readonly #open = new Set<TransportStream>();
  readonly #silent = new Set<TransportStream>();
  readonly #maxSilent: number;
  #answers = 0;
  #isClosing = false;
  #onEmpty: (() => void) | null = null;

  /** `maxSilent` sockets may wait for a request. For one more, the oldest is dropped. */
  constructor(maxSilent: number) {
    this.#maxSilent = maxSilent;
  }

  onBusy(stream: TransportStream): void {
    this.#open.add(stream);
    this.#silent.delete(stream);
  }

  onSilent(stream: TransportStream): void {
    this.onBusy(stream); // again, so that it becomes the youngest
    this.#silent.add(stream);
    // A socket that was accepted while closing.
    if (this.#isClosing) queueMicrotask(() => stream.destroy());
    if (this.#silent.size <= this.#maxSilent) return;
    const [oldest] = this.#silent;
    oldest?.destroy();
  }

  onGone(stream: TransportStream): void {
    this.#silent.delete(stream);
    this.#open.delete(stream);
    this.#checkEmpty();
  }

  /** Tracks a call of `fetch`. Closing waits for it, even if its client has gone. */
  async track(answer: Promise<void>): Promise<void> {
    this.#answers++;
    await answer;
    this.#answers--;
    this.#checkEmpty();
  }

  /** Waits up to `timeoutMs` for running requests to end, and drops the rest. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    for (const stream of this.#open) stream.finishUp();
    const empty = makeDeferred<void>();
    this.#onEmpty = empty.resolve;
    this.#checkEmpty();
    const timer = systemClock.after(timeoutMs, () => {
      this.#onEmpty = null;
      for (const stream of this.#open) stream.destroy();
      empty.resolve();
    });
    await empty.promise;
    systemClock.clear(timer);
  }

  #checkEmpty(): void {
    if (this.#open.size === 0 && this.#answers === 0) this.#onEmpty?.();
  }
}
