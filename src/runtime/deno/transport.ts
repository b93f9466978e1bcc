/**
 * A `Deno.Conn` as a transport.
 *
 * @module
 */
import { HIGH_WATER_BYTES, noopSink, type TransportSink } from "../../transport/transport.ts";
import type { Address } from "../../message.ts";
import { PullTransport } from "../../transport/pull_transport.ts";
import { type DenoAddress, toAddress } from "./address.ts";
import { ReadBuffer } from "./read_buffer.ts";
import { mustWait, noteBegin, noteEnd, readTurn } from "./read_turn.ts";
import { MAX_PIECE_BYTES, WriteArena } from "./write_arena.ts";
import { WriteQueue } from "./write_queue.ts";
import { beginSoon, type DueWrite } from "./write_turn.ts";

/** The smallest rest of a payload that is read into the sink's own memory. */
const MIN_TARGET_BYTES = 8 * 1024;
/**
 * Most bytes of one such read, so that they are still in the processor's cache when they are
 * unmasked.
 */
const MAX_TARGET_BYTES = 256 * 1024;

/**
 * The part of `Deno.Conn` that the transport uses, written out so that the package's declarations
 * need no types of Deno.
 */
export interface ByteConn {
  /** Address of the peer. */
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
export class DenoTransport extends PullTransport<number | null> implements DueWrite {
  readonly #conn: ByteConn;
  readonly #buffer = new ReadBuffer();
  #target: Uint8Array | null = null; // the sink's own memory for the pending read, if it has one
  #bufferedAmount = 0;
  #queue: WriteQueue | undefined;
  #piece: Uint8Array | null = null; // the piece that is being written, or is due
  #isDue = false; // the write of the piece has not begun
  #arena: WriteArena | null = null; // the arena of the piece, if it was copied
  #isGiven = false; // the piece does not count as buffered
  // Made once, because the promise and generator of an async function cost a twentieth of a small
  // message.
  readonly #whenWritten = (length: number): void => this.#written(length);
  readonly #whenFailed = (cause: unknown): void => this.#failed(cause);
  #owesDrain = false;

  constructor(conn: ByteConn, sink: TransportSink = noopSink) {
    super(sink);
    this.#conn = conn;
    this.receive();
  }

  get remoteAddress(): Address | null {
    return toAddress(this.#conn.remoteAddr);
  }

  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end || !this.canWrite) return true;
    const length = end - start;
    if (this.#piece === null && length <= MAX_PIECE_BYTES) {
      const arena = this.#arena = WriteArena.withRoomFor(length);
      this.#isGiven = true;
      this.#piece = arena.copy(bytes, start, end);
      this.#isDue = true;
      beginSoon(this);
      return true;
    }
    this.#bufferedAmount += length;
    if (this.#bufferedAmount > HIGH_WATER_BYTES) this.#owesDrain = true;
    if (this.#piece !== null) return (this.#queue ??= new WriteQueue()).push(bytes, start, end);
    this.#send(bytes.subarray(start, end));
    return false;
  }

  /**
   * Without a copy: of a message to 1,000 connections each copy would be memory until the next
   * turn.
   */
  writeShared(bytes: Uint8Array): void {
    if (bytes.length > MAX_PIECE_BYTES || bytes.length === 0 || !this.canWrite) {
      this.write(bytes, 0, bytes.length);
    } else if (this.#piece === null) {
      this.#isGiven = true;
      this.#send(bytes);
    } else {
      this.#bufferedAmount += bytes.length;
      if (this.#bufferedAmount > HIGH_WATER_BYTES) this.#owesDrain = true;
      (this.#queue ??= new WriteQueue()).pushShared(bytes);
    }
  }

  protected override read(): Promise<number | null> {
    return mustWait() ? readTurn().then(() => this.#read()) : this.#read();
  }

  #read(): Promise<number | null> {
    noteBegin();
    const target = this.#target = this.#readTarget();
    if (target === null) return this.#conn.read(this.#buffer.begin());
    this.#buffer.skip(target.length);
    return this.#conn.read(clip(target));
  }

  protected override onRead(): void {
    noteEnd();
    this.#buffer.end();
  }

  protected override deliver(length: number | null): boolean {
    if (length === null) return false;
    const target = this.#target;
    if (target !== null) this.sink.onChunk(target.subarray(0, length));
    else this.#buffer.prepare(this.sink.onChunk(this.#buffer.take(length)) === true);
    return true;
  }

  /** The sink's memory for the rest of a large payload, which is read there without a copy. */
  #readTarget(): Uint8Array | null {
    const target = this.sink.readTarget ?? null;
    return target === null || target.length < MIN_TARGET_BYTES ? null : target;
  }

  beginWrite(): void {
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#send(this.#piece!);
  }

  /**
   * Begins a write, of which there is one at a time. `#written` or `#failed` follows in a turn of
   * its own.
   */
  #send(piece: Uint8Array): void {
    this.#piece = piece;
    this.#conn.write(piece).then(this.#whenWritten, this.#whenFailed);
  }

  /**
   * A write has ended. A small piece was counted as given to the system when the write began,
   * because the system nearly always takes it within the call. If the system has taken only a part,
   * the rest is counted again.
   */
  #written(length: number): void {
    const piece = this.#piece!, arena = this.#arena, isGiven = this.#isGiven;
    this.#isGiven = false;
    this.#leaveArena();
    if (this.isOutputEnded) return;
    this.takenBytes += length;
    let rest: Uint8Array | undefined;
    if (length === piece.length) rest = this.#queue?.shift();
    // The rest gets memory of its own, so that a slow peer does not hold the arena.
    else rest = arena === null ? piece.subarray(length) : piece.slice(length);
    if (!isGiven) this.#bufferedAmount -= length;
    else this.#bufferedAmount += piece.length - length;
    if (this.#bufferedAmount > HIGH_WATER_BYTES) this.#owesDrain = true; // because of the rest
    if (rest !== undefined) return this.#send(rest);
    this.#queue = undefined;
    this.#piece = null;
    if (this.#owesDrain) {
      this.#owesDrain = false;
      this.sink.onDrain();
    }
    this.onWritten();
  }

  #failed(cause: unknown): void {
    this.#leaveArena();
    this.failOutput(cause);
  }

  #leaveArena(): void {
    this.#arena?.release();
    this.#arena = null;
  }

  protected override get isWriting(): boolean {
    return this.#piece !== null;
  }

  protected override closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  protected override discardOutput(): void {
    this.#bufferedAmount = 0;
    this.#queue = undefined;
  }

  protected override release(): void {
    this.beginWrite(); // for example of our Close, which the system takes at once
    this.#conn.close();
  }
}

function clip(target: Uint8Array): Uint8Array {
  return target.length > MAX_TARGET_BYTES ? target.subarray(0, MAX_TARGET_BYTES) : target;
}
