/**
 * A transport that shows its writes.
 *
 * @module
 */
import type { SharedOutput } from "../../src/framed/shared_output.ts";
import type { Transport } from "../../src/transport/transport.ts";

/** A transport that keeps what it is given, as one whose writes are slow would. */
export class Kept implements Transport {
  sink = { onChunk() {}, onEnd() {}, onDrain() {}, onClose() {} };
  readonly remoteAddress = null;
  /** Bytes that are said to wait. */
  bufferedAmount = 0;
  /** As one that does not tell what the system has taken. */
  readonly takenBytes = 0;
  /** The value of `bufferedAmount` after a write. */
  takesLater: number | undefined;
  /** All that was written. */
  readonly writes: Uint8Array[] = [];
  readonly #keeps: boolean;

  constructor(options: { keeps: boolean }) {
    this.#keeps = options.keeps;
  }

  /** Lengths of the writes, and the first byte of each. */
  get told(): string[] {
    return this.writes.map((bytes) => `${bytes.length} of ${bytes[0]}`);
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    this.writes.push(this.#keeps ? bytes.subarray(start, end) : bytes.slice(start, end));
    this.bufferedAmount = this.takesLater ?? this.bufferedAmount;
    return !this.#keeps;
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  abort(): void {}
}

/** Sends `size` bytes of one value. */
export function put(output: SharedOutput, transport: Transport, size: number, value: number): void {
  const at = output.reserve(transport, size);
  output.bytes.fill(value, at, at + size);
}
