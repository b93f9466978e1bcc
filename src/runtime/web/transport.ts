/**
 * A duplex of Web Streams as a transport.
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

/** A byte pipe in both directions: a `TransformStream` pair, a stream of WebTransport, a Worker's TCP socket. */
export interface ReadableWritablePair {
  /** What the peer sends. Its end is the peer's FIN. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What is sent to the peer. Closing it is our FIN. */
  readonly writable: WritableStream<Uint8Array>;
}

const ignore = (): void => {};
/** Reads and writes one duplex, whose streams it locks; starts reading when made. */
export class StreamsTransport implements Transport {
  sink: TransportSink;
  readonly remoteAddress: Address | null;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #bufferedAmount = 0;
  #owesDrain = false;
  #isPaused = false;
  #wake: (() => void) | null = null;
  #hasInputEnded = false;
  #output: "open" | "ending" | "ended" = "open";
  #writeCause: unknown;
  #isClosed = false;

  constructor(
    { readable, writable }: ReadableWritablePair,
    { sink = noopSink, remoteAddress = null }: {
      readonly sink?: TransportSink;
      readonly remoteAddress?: Address | null;
    } = {},
  ) {
    this.sink = sink;
    this.remoteAddress = remoteAddress;
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.#reader.closed.catch(ignore); // `read` tells
    this.#writer.ready.catch(ignore); // and so does this:
    this.#writer.closed.catch((cause) => this.#failOutput(cause));
    this.#receive();
  }

  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end || this.#output !== "open" || this.#isClosed) return true;
    const length = end - start;
    this.#bufferedAmount += length;
    if (this.#bufferedAmount > HIGH_WATER_BYTES) this.#owesDrain = true;
    // A copy: a stream may keep what it is given for as long as it likes.
    this.#writer.write(bytes.slice(start, end)).then(() => this.#wrote(length), ignore);
    return true;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake?.();
  }

  end(): void {
    if (this.#output !== "open" || this.#isClosed) return;
    this.#output = "ending";
    this.#writer.close().then(() => this.#endOutput(), ignore);
  }

  abort(): void {
    if (this.#isClosed) return;
    this.#release("the connection was aborted");
    queueMicrotask(() => this.sink.onClose());
  }

  /** Asks for a chunk only when it can be taken, so that the stream is held back. Never rejects. */
  async #receive(): Promise<void> {
    try {
      for (;;) {
        if (this.#isPaused) await this.#untilResumed();
        if (this.#isClosed) return;
        const { done, value } = await this.#reader.read();
        if (this.#isPaused) await this.#untilResumed();
        if (this.#isClosed) return;
        if (done) break;
        this.#take(value);
      }
    } catch (cause) {
      return this.#close(cause);
    }
    this.#hasInputEnded = true;
    this.sink.onEnd();
    this.#closeIfOver();
  }

  /** Gives a copy: we unmask in place, and who made the chunk may still hold it, as after `tee`. */
  #take(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("readable: a chunk is no Uint8Array");
    if (chunk.length > 0) this.sink.onChunk(new Uint8Array(chunk));
  }

  async #untilResumed(): Promise<void> {
    while (this.#isPaused && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #wrote(length: number): void {
    if (this.#output === "ended" || this.#isClosed) return;
    this.#bufferedAmount -= length;
    if (this.#bufferedAmount > 0 || !this.#owesDrain) return;
    this.#owesDrain = false;
    this.sink.onDrain();
  }

  /** Reading goes on, for the peer's last words may be unread; its end closes with this cause. */
  #failOutput(cause: unknown): void {
    if (this.#output === "ended" || this.#isClosed) return;
    this.#writeCause = cause;
    this.#endOutput();
  }

  #endOutput(): void {
    this.#output = "ended";
    this.#bufferedAmount = 0;
    this.#closeIfOver();
  }

  #closeIfOver(): void {
    if (this.#hasInputEnded && this.#output === "ended") this.#close(this.#writeCause);
  }

  #close(cause: unknown): void {
    if (this.#isClosed) return;
    this.#release(cause);
    this.sink.onClose(cause);
  }

  #release(reason: unknown): void {
    this.#isClosed = true;
    this.#bufferedAmount = 0;
    this.#wake?.();
    this.#reader.cancel(reason).catch(ignore);
    this.#writer.abort(reason).catch(ignore);
  }
}
