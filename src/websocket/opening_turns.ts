/**
 * One opening handshake at a time for each host and port (RFC 6455 section 4.1, step 2 of the
 * requirements for connecting). Without it a script could flood a server that does not answer.
 *
 * @module
 */
import { makeDeferred } from "../promises.ts";

/** The running and waiting handshakes, by host and port. */
export class OpeningTurns {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Waits until no other handshake with this host is running. Resolves to a function that ends the
   * turn. Rejects with the signal's reason if the signal is aborted before.
   */
  async take(host: string, signal: AbortSignal): Promise<() => void> {
    const before = this.#last.get(host);
    const own = makeDeferred<void>();
    this.#last.set(host, own.promise);
    const end = (): void => {
      own.resolve();
      if (this.#last.get(host) === own.promise) this.#last.delete(host);
    };
    if (before === undefined) return end;
    try {
      await orAborted(before, signal);
      return end;
    } catch (reason) {
      before.then(end); // the next turn has to wait for the one before this, too
      throw reason;
    }
  }
}

/** The promise, or the rejection of the signal if that comes first. */
async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = makeDeferred<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
