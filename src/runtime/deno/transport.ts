/**
 * A `Deno.Conn` as a transport.
 *
 * @module
 */
import {
  HIGH_WATER_BYTES,
  noopSink,
  type Transport,
  type TransportSink,
} from "../../transport/transport.ts";
import type { Address } from "../../message.ts";
import { type DenoAddress, toAddress } from "./address.ts";
import { ReadBuffer } from "./read_buffer.ts";
import { MAX_PIECE_BYTES, WriteArena } from "./write_arena.ts";
import { WriteQueue } from "./write_queue.ts";

/** From so much on the rest of a payload is worth reads of its own, with nothing behind it. */
const MIN_TARGET_BYTES = 8 * 1024;
/** Most of one read: what is in the processor's cache when it is unmasked. */
const MAX_TARGET_BYTES = 256 * 1024;

/**
 * The part of `Deno.Conn` that the transport uses, written out so that the package's declarations
 * need no types of Deno.
 */
export interface ByteConn {
  /** The other end. */
  readonly remoteAddr: DenoAddress;
  /** Reads into `bytes`; resolves to the number of bytes, or to `null` at the peer's FIN. */
  read(bytes: Uint8Array): Promise<number | null>;
  /** Writes `bytes`; resolves to the number of bytes that were written. */
  write(bytes: Uint8Array): Promise<number>;
  /** Sends FIN. */
  closeWrite(): Promise<void>;
  /** Closes both directions. */
  close(): void;
}

/** Reads and writes one `Deno.Conn`; starts reading when made. */
export class DenoTransport implements Transport {
  sink: TransportSink;
  readonly #conn: ByteConn;
  readonly #buffer = new ReadBuffer();
  #bufferedAmount = 0;
  #queue: WriteQueue | undefined;
  #piece: Uint8Array | null = null; // what is being written
  #arena: WriteArena | null = null; // where it lies, if in one
  // Made once: an async function's promise and generator cost a twentieth of a small message.
  readonly #onWritten = (length: number): void => this.#written(length);
  readonly #onFailed = (cause: unknown): void => this.#failOutput(cause);
  #owesDrain = false;
  #writeCause: unknown;
  #paused = false;
  #wake: (() => void) | undefined;
  #output: "open" | "ending" | "sending FIN" | "ended" = "open";
  #inputEnded = false;
  #closed = false;

  constructor(conn: ByteConn, sink: TransportSink = noopSink) {
    this.#conn = conn;
    this.sink = sink;
    this.#receive();
  }

  get remoteAddress(): Address | null {
    return toAddress(this.#conn.remoteAddr);
  }

  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end || this.#output !== "open" || this.#closed) return true;
    const length = end - start;
    if (this.#piece === null && length <= MAX_PIECE_BYTES) {
      const arena = this.#arena = WriteArena.withRoomFor(length);
      this.#send(arena.copy(bytes, start, end));
      return true;
    }
    this.#bufferedAmount += length;
    if (this.#bufferedAmount > HIGH_WATER_BYTES) this.#owesDrain = true;
    if (this.#piece !== null) return (this.#queue ??= new WriteQueue()).push(bytes, start, end);
    this.#send(bytes.subarray(start, end));
    return false;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake?.();
  }

  end(): void {
    if (this.#output !== "open") return;
    this.#output = "ending";
    if (this.#piece === null) this.#sendFin();
  }

  abort(): void {
    if (this.#closed) return;
    this.#release();
    queueMicrotask(() => this.sink.onClose());
  }

  /** One loop for the life of the connection, so that a read makes no closure. Never rejects. */
  async #receive(): Promise<void> {
    try {
      for (;;) {
        const target = this.#readTarget();
        if (target !== null) this.#buffer.skip(target.length);
        const length = await this.#conn.read(target === null ? this.#buffer.begin() : clip(target));
        this.#buffer.end();
        if (this.#paused) await this.#untilResumed();
        if (this.#closed) return;
        if (length === null) break;
        if (target !== null) this.sink.onChunk(target.subarray(0, length));
        else this.#buffer.prepare(this.sink.onChunk(this.#buffer.take(length)) === true);
        if (this.#paused) await this.#untilResumed();
        if (this.#closed) return;
      }
    } catch (cause) {
      this.#buffer.end();
      this.#close(cause);
      return;
    }
    this.#inputEnded = true;
    this.sink.onEnd();
    this.#closeIfOver();
  }

  /** Where the rest of a large payload is read to, without a copy. */
  #readTarget(): Uint8Array | null {
    const target = this.sink.readTarget ?? null;
    return target === null || target.length < MIN_TARGET_BYTES ? null : target;
  }

  /** Never, when the transport is aborted meanwhile: nothing refers to the loop then. */
  async #untilResumed(): Promise<void> {
    while (this.#paused) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Begins a write, the only one at a time; `#written` or `#failOutput` follows in a turn of its own. */
  #send(piece: Uint8Array): void {
    this.#piece = piece;
    this.#conn.write(piece).then(this.#onWritten, this.#onFailed);
  }

  /**
   * A write has ended. A piece in an arena counted as given to the system, which nearly always
   * takes it within the call, until now that some of it is left.
   */
  #written(length: number): void {
    const piece = this.#piece!, arena = this.#arena;
    this.#leaveArena();
    if (this.#closed) return;
    let rest: Uint8Array | undefined;
    if (length === piece.length) rest = this.#queue?.shift();
    // What is left waits in memory of its own, so that a slow peer does not hold the arena.
    else rest = arena === null ? piece.subarray(length) : piece.slice(length);
    if (arena === null) this.#bufferedAmount -= length;
    else this.#bufferedAmount += piece.length - length;
    if (this.#bufferedAmount > HIGH_WATER_BYTES) this.#owesDrain = true; // what was left may lift it
    if (rest !== undefined) return this.#send(rest);
    this.#queue = undefined;
    this.#piece = null;
    if (this.#owesDrain) {
      this.#owesDrain = false;
      this.sink.onDrain();
    }
    if (this.#output === "ending" && this.#piece === null) this.#sendFin();
  }

  #leaveArena(): void {
    this.#arena?.release();
    this.#arena = null;
  }

  async #sendFin(): Promise<void> {
    if (this.#closed) return;
    this.#output = "sending FIN";
    try {
      await this.#conn.closeWrite();
    } catch (cause) {
      this.#failOutput(cause);
      return;
    }
    this.#output = "ended";
    this.#closeIfOver();
  }

  /** Reading goes on, for the peer's last words may be unread; its end closes with this cause. */
  #failOutput(cause: unknown): void {
    this.#leaveArena();
    this.#output = "ended";
    this.#writeCause = cause;
    this.#bufferedAmount = 0;
    this.#queue = undefined;
    this.#closeIfOver();
  }

  #closeIfOver(): void {
    if (this.#inputEnded && this.#output === "ended") this.#close(this.#writeCause);
  }

  #close(cause: unknown): void {
    if (this.#closed) return;
    this.#release();
    this.sink.onClose(cause);
  }

  #release(): void {
    this.#closed = true;
    this.#bufferedAmount = 0;
    this.#queue = undefined;
    this.#conn.close();
  }
}

function clip(target: Uint8Array): Uint8Array {
  return target.length > MAX_TARGET_BYTES ? target.subarray(0, MAX_TARGET_BYTES) : target;
}
