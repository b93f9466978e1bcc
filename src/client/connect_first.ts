/**
 * Tries several addresses of one host, one shortly after the other (RFC 8305, Happy Eyeballs).
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import { makeDeferred } from "../promises.ts";

/** Milliseconds after which the next address is tried in parallel (RFC 8305 section 5). */
const ATTEMPT_DELAY_MS = 250;

/** An address that failed, and its error. */
export interface AddressFault {
  readonly address: string;
  readonly error: unknown;
}

/** Arguments of trying one address. */
export interface AddressAttempt {
  readonly signal: AbortSignal;
  /** Must be called when TCP is connected. No other address is tried from then on. */
  onConnect(): void;
}

/** Options of {@linkcode connectFirst}. */
export interface ConnectFirstOptions<T> {
  readonly addresses: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  connect(address: string, attempt: AddressAttempt): Promise<T>;
  /** Drops a connection that was made too late. */
  discard(late: T): void;
}

/**
 * Orders addresses so that families alternate, beginning with that of the first address (RFC 8305
 * section 4).
 */
export function interleaveFamilies(addresses: readonly string[]): readonly string[] {
  const isSix = (address: string): boolean => address.includes(":");
  const first = addresses.filter((address) => isSix(address) === isSix(addresses[0] ?? ""));
  const second = addresses.filter((address) => isSix(address) !== isSix(addresses[0] ?? ""));
  return Array.from({ length: Math.max(first.length, second.length) }).flatMap((_, index) =>
    [first[index], second[index]].filter((address) => address !== undefined)
  );
}

/**
 * Connects to the address that answers first. Rejects with an array of {@linkcode AddressFault},
 * one for each address that was tried.
 */
export function connectFirst<T>(options: ConnectFirstOptions<T>): Promise<T> {
  return new Race(options).start();
}

class Race<T> {
  readonly #options: ConnectFirstOptions<T>;
  readonly #result = makeDeferred<T>();
  readonly #running = new Set<AbortController>();
  readonly #faults: AddressFault[] = [];
  #next = 0;
  #winner: AbortController | null = null;
  #timer: TimerId = null;

  constructor(options: ConnectFirstOptions<T>) {
    this.#options = options;
  }

  start(): Promise<T> {
    this.#tryNext();
    return this.#result.promise;
  }

  #tryNext(): void {
    const { addresses, clock, signal } = this.#options;
    this.#stopTimer();
    const address = addresses[this.#next++];
    if (address === undefined || this.#winner !== null || signal.aborted) return;
    if (this.#next < addresses.length) {
      this.#timer = clock.after(ATTEMPT_DELAY_MS, () => {
        this.#timer = null;
        this.#tryNext();
      });
    }
    this.#try(address);
  }

  async #try(address: string): Promise<void> {
    const { connect, discard, signal } = this.#options;
    const own = new AbortController();
    this.#running.add(own);
    try {
      const made = await connect(address, {
        signal: AbortSignal.any([signal, own.signal]),
        onConnect: () => this.#decide(own),
      });
      this.#decide(own);
      if (this.#winner === own) this.#result.resolve(made);
      else discard(made);
    } catch (error) {
      this.#running.delete(own);
      if (this.#winner !== null && this.#winner !== own) return;
      this.#faults.push({ address, error });
      if (this.#winner === null) this.#tryNext();
      if (this.#winner === own || this.#running.size === 0) {
        this.#stopTimer();
        this.#result.reject(this.#faults);
      }
    }
  }

  #decide(own: AbortController): void {
    if (this.#winner !== null) return;
    this.#winner = own;
    this.#stopTimer();
    for (const other of this.#running) if (other !== own) other.abort();
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.clock.clear(this.#timer);
    this.#timer = null;
  }
}
