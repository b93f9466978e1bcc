/**
 * Two ends of a byte pipe in memory. They behave as TCP does: half-close, reset, backpressure.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import type { Address } from "../message.ts";
import { isAtLeast, isType } from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";
import { HIGH_WATER_BYTES, noopSink } from "../transport/transport.ts";
import { type Splitter, whole } from "./splitter.ts";

/** Options of a pipe. */
export interface PairOptions {
  /**
   * Cuts the bytes into the chunks that arrive.
   *
   * @default {whole} Bytes arrive as they were written.
   */
  split?: Splitter;
  /**
   * Milliseconds on `clock` between a write and the arrival of its bytes.
   *
   * @default {0} They arrive in a microtask after `write`.
   */
  delayMs?: number;
  /**
   * The clock of `delayMs` and of both connections.
   *
   * @default {real time}
   */
  clock?: Clock;
  /**
   * Unread bytes that do not count in `bufferedAmount`, as if the system's buffers held them.
   *
   * @default {65536} As much as the high-water mark of every transport.
   */
  windowBytes?: number;
}

/** The checks of the options of a pipe. */
export const PAIR_CHECKS: OptionChecks<PairOptions> = {
  split: isType("function"),
  delayMs: isAtLeast(0),
  clock: isType("object"),
  windowBytes: isAtLeast(0),
};

const END = Symbol("end of the stream");

/** One end of a pipe in memory. */
export class MemoryTransport implements Transport {
  sink: TransportSink = noopSink;
  takenBytes = 0;
  remoteAddress: Address | null = null;
  readonly #options: PairOptions;
  #peer!: MemoryTransport;
  #incoming: (Uint8Array | typeof END)[] = [];
  #next = 0; // index in `#incoming`, because `shift` takes longer the more items wait
  #unreadBytes = 0; // written here, not yet delivered to the peer
  #owesDrain = false;
  #isPaused = false;
  #isScheduled = false;
  #hasEnded = false; // `end` was called
  #isFinished = false; // `onEnd` was called
  #isClosed = false;

  private constructor(options: PairOptions) {
    this.#options = options;
  }

  /** Makes the two ends of a pipe. */
  static pair(options: PairOptions = {}): { client: MemoryTransport; server: MemoryTransport } {
    const client = new MemoryTransport(options), server = new MemoryTransport(options);
    client.#peer = server;
    server.#peer = client;
    return { client, server };
  }

  /** Whether reading is paused. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  get bufferedAmount(): number {
    return Math.max(0, this.#unreadBytes - (this.#options.windowBytes ?? HIGH_WATER_BYTES));
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#hasEnded || this.#isClosed || start === end) return true;
    this.#unreadBytes += end - start;
    if (this.bufferedAmount > HIGH_WATER_BYTES) this.#owesDrain = true;
    this.#peer.#arrive(bytes.slice(start, end));
    return true;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  /** Ends this direction. The peer reads all bytes first, and may go on writing. */
  end(): void {
    if (this.#hasEnded || this.#isClosed) return;
    this.#hasEnded = true;
    this.#peer.#arrive(END);
  }

  /**
   * Resets the pipe. Bytes that have not arrived are lost on both sides, and the peer is told a
   * cause.
   */
  abort(): void {
    this.#drop(undefined, new Error("connection reset"));
  }

  /** Closes both ends with `cause`, as when the network fails. */
  lose(cause: unknown = new Error("connection reset")): void {
    this.#drop(cause, cause);
  }

  #drop(ownCause: unknown, peerCause: unknown): void {
    for (const [side, cause] of [[this, ownCause], [this.#peer, peerCause]] as const) {
      if (side.#isClosed) continue;
      side.#isClosed = true;
      side.#incoming = [];
      side.#next = 0;
      queueMicrotask(() => side.sink.onClose(cause));
    }
  }

  #arrive(item: Uint8Array | typeof END): void {
    const { delayMs = 0, clock } = this.#options;
    if (delayMs === 0 || clock === undefined) this.#take(item);
    else clock.after(delayMs, () => this.#take(item));
  }

  #take(item: Uint8Array | typeof END): void {
    if (this.#isClosed) return;
    if (item === END) this.#incoming.push(item);
    else for (const piece of (this.#options.split ?? whole)(item)) this.#incoming.push(piece);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (!this.#isPaused && !this.#isClosed) {
      const item = this.#takeNext();
      if (item === undefined) break;
      if (item === END) this.#finish();
      else {
        this.#peer.#delivered(item.length);
        this.sink.onChunk(item);
      }
    }
    if (this.#isFinished && this.#hasEnded && this.#peer.#isFinished) this.#closeBoth();
  }

  #takeNext(): Uint8Array | typeof END | undefined {
    const item = this.#incoming[this.#next++];
    if (item !== undefined) return item;
    this.#incoming = [];
    this.#next = 0;
    return undefined;
  }

  #delivered(bytes: number): void {
    this.#unreadBytes -= bytes;
    this.takenBytes += bytes;
    if (!this.#owesDrain || this.bufferedAmount > 0) return;
    this.#owesDrain = false;
    queueMicrotask(() => {
      if (!this.#isClosed) this.sink.onDrain();
    });
  }

  #finish(): void {
    this.#isFinished = true;
    this.sink.onEnd();
  }

  #closeBoth(): void {
    for (const side of [this, this.#peer]) {
      if (side.#isClosed) continue;
      side.#isClosed = true;
      side.sink.onClose();
    }
  }
}
