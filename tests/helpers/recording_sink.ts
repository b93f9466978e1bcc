/**
 * A transport sink that writes down what it is told and checks what holds for every
 * transport: the order of events, and that the bytes are those of `byte_pattern.ts`.
 *
 * @module
 */
import type { TransportSink } from "../../src/transport/transport.ts";
import { findPatternFault } from "./byte_pattern.ts";

/** The value that overwrites a chunk after its check, because the chunk belongs to the sink. */
const MARK = 0xee;
/** Marked chunks are kept up to this many bytes, to see that they stay as they are. */
const KEPT_BYTES = 16 * 1024 * 1024;
/** How long {@linkcode RecordingSink.until} waits. */
const PATIENCE_MS = 50_000;

interface Waiter {
  readonly condition: () => boolean;
  readonly resolve: () => void;
}

/** Records the events of one transport. */
export class RecordingSink implements TransportSink {
  receivedBytes = 0;
  chunks = 0;
  ends = 0;
  drains = 0;
  closes = 0;
  cause: unknown;
  /** While true, a chunk is a fault: the transport is paused. */
  paused = false;
  /** Faults so far; see {@linkcode RecordingSink.check}. */
  readonly faults: string[] = [];
  readonly #react: Partial<TransportSink>;
  readonly #kept: Uint8Array[] = [];
  #waiters: Waiter[] = [];
  #hushed = false;

  /** `react` is called after each event is written down, and owns the chunks if it takes them. */
  constructor(react: Partial<TransportSink> = {}) {
    this.#react = react;
  }

  onChunk(chunk: Uint8Array): void {
    this.#hear("chunk");
    if (this.ends > 0) this.faults.push("chunk after end");
    if (this.paused) this.faults.push("chunk while paused");
    if (chunk.length === 0) this.faults.push("empty chunk");
    const fault = findPatternFault(chunk, this.receivedBytes);
    if (fault >= 0) this.faults.push(`wrong byte at ${this.receivedBytes + fault}`);
    this.receivedBytes += chunk.length;
    this.chunks++;
    if (this.#react.onChunk) this.#react.onChunk(chunk);
    else if (this.receivedBytes <= KEPT_BYTES) this.#kept.push(chunk.fill(MARK));
    this.#wake();
  }

  onEnd(): void {
    this.#hear("end");
    if (++this.ends > 1) this.faults.push("second end");
    this.#react.onEnd?.();
    this.#wake();
  }

  onDrain(): void {
    this.#hear("drain");
    this.drains++;
    this.#react.onDrain?.();
    this.#wake();
  }

  onClose(cause?: unknown): void {
    this.#hear("close");
    this.closes++;
    this.cause = cause;
    this.#react.onClose?.(cause);
    this.#wake();
  }

  /** Runs `call`, during which the transport must not call this sink. */
  hush<T>(call: () => T): T {
    this.#hushed = true;
    try {
      return call();
    } finally {
      this.#hushed = false;
    }
  }

  /** Waits until an event makes `condition` true. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`never came: ${condition}; recorded: ${this}`)),
        PATIENCE_MS,
      );
      this.#waiters.push({ condition, resolve: () => (clearTimeout(timer), resolve()) });
    });
  }

  /** Throws if anything was wrong so far. */
  check(): void {
    if (this.#kept.some((chunk) => chunk.some((byte) => byte !== MARK))) {
      this.faults.push("a chunk changed after it was given away");
    }
    if (this.faults.length > 0) throw new Error(`${this.faults.slice(0, 5).join("; ")} (${this})`);
  }

  toString(): string {
    const { receivedBytes, chunks, ends, drains, closes, cause } = this;
    return JSON.stringify({ receivedBytes, chunks, ends, drains, closes, cause: String(cause) });
  }

  #hear(event: string): void {
    if (this.closes > 0) this.faults.push(`${event} after close`);
    if (this.#hushed) this.faults.push(`${event} before the call returned`);
  }

  #wake(): void {
    const waiters = this.#waiters;
    if (waiters.length === 0) return;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (waiter.condition()) waiter.resolve();
      else this.#waiters.push(waiter);
    }
  }
}
