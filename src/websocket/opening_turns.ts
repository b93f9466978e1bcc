/**
 * One opening handshake at a time for each host and port (RFC 6455 section 4.1, step 2 of the
 * requirements for connecting): otherwise a script could flood a server that does not answer.
 *
 * @module
 */
import { makeDeferred } from "../promises.ts";

/** The handshakes that are under way or wait, by host and port. */
export class OpeningTurns {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Waits until no other handshake with this host is under way; gives what ends the turn. Rejects
   * with the signal's reason when that comes first.
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
      before.then(end); // who waits for this turn waits for the one before it, too
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
