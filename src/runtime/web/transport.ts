/**
 * A pair of Web Streams as a transport.
 *
 * @module
 */
import { HIGH_WATER_BYTES, noopSink, type TransportSink } from "../../transport/transport.ts";
import type { Address } from "../../message.ts";
import { PullTransport } from "../../transport/pull_transport.ts";

/**
 * A byte pipe in both directions: two `TransformStream`s, a stream of WebTransport, or the TCP
 * socket of a Worker.
 */
export interface ReadableWritablePair {
  /** Bytes from the peer. The end of the stream is the peer's FIN. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Bytes to the peer. Closing the stream sends FIN. */
  readonly writable: WritableStream<Uint8Array>;
}

const ignore = (): void => {};

/** Reads and writes one pair of streams, which it locks; starts reading when made. */
export class StreamsTransport extends PullTransport<ReadableStreamReadResult<Uint8Array>> {
  readonly remoteAddress: Address | null;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #bufferedAmount = 0;
  #owesDrain = false;

  constructor(
    { readable, writable }: ReadableWritablePair,
    { sink = noopSink, remoteAddress = null }: {
      readonly sink?: TransportSink;
      readonly remoteAddress?: Address | null;
    } = {},
  ) {
    super(sink);
    this.remoteAddress = remoteAddress;
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    // A pending `read` rejects with the same cause.
    this.#reader.closed.catch((cause) => this.failInput(cause));
    // `closed` rejects with the same cause as `ready`.
    this.#writer.ready.catch(ignore);
    this.#writer.closed.catch((cause) => this.failOutput(cause));
    this.receive();
  }

  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end || !this.canWrite) return true;
    const length = end - start;
    this.#bufferedAmount += length;
    if (this.#bufferedAmount > HIGH_WATER_BYTES) this.#owesDrain = true;
    // A copy, because a stream may keep its chunk for as long as it likes.
    this.#writer.write(bytes.slice(start, end)).then(() => this.#wrote(length), ignore);
    return true;
  }

  #wrote(length: number): void {
    if (this.isOutputEnded) return;
    this.#bufferedAmount -= length;
    this.takenBytes += length;
    if (this.#bufferedAmount > 0 || !this.#owesDrain) return;
    this.#owesDrain = false;
    this.sink.onDrain();
  }

  protected override read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    return this.#reader.read();
  }

  protected override onRead(): void {}

  protected override deliver({ done, value }: ReadableStreamReadResult<Uint8Array>): boolean {
    if (done) return false;
    if (!(value instanceof Uint8Array)) throw new TypeError("readable: a chunk is no Uint8Array");
    // A copy, because the connection unmasks in place, and the producer may still use the chunk, as
    // `tee` does.
    if (value.length > 0) this.sink.onChunk(new Uint8Array(value));
    return true;
  }

  /**
   * Always `false`: FIN need not wait, because a stream closes after the chunks that it was given.
   */
  protected override get isWriting(): boolean {
    return false;
  }

  protected override closeWrite(): Promise<void> {
    return this.#writer.close();
  }

  protected override discardOutput(): void {
    this.#bufferedAmount = 0;
  }

  protected override release(reason: unknown): void {
    this.#reader.cancel(reason).catch(ignore);
    this.#writer.abort(reason).catch(ignore);
  }
}
