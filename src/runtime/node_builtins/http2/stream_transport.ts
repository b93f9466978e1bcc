/**
 * One stream of `node:http2` as a transport (RFC 8441 section 5): DATA frames carry the bytes,
 * END_STREAM ends one direction, and RST_STREAM with CANCEL drops both.
 *
 * As for sockets, the listeners are shared functions that find the transport by a property of the
 * stream, so that an idle connection has no closures.
 *
 * @module
 */
import type { Http2Stream } from "node:http2";
import { setImmediate } from "node:timers";
import { WebSocketError } from "../../../errors.ts";
import type { Address } from "../../../message.ts";
import { freeChunk } from "../../../transport/free_chunk.ts";
import {
  HIGH_WATER_BYTES,
  noopSink,
  type Transport,
  type TransportSink,
} from "../../../transport/transport.ts";
import { toOwnBytes } from "../socket_transport.ts";
import { endStreamLater, resetLater } from "./end_later.ts";
import { ErrorCode, nameError } from "./error_codes.ts";
import { flushSoon } from "./flush.ts";

const owner: unique symbol = Symbol("transport");

/** A stream. Its transport is set when the stream is taken. */
interface AnyStream extends Http2Stream {
  [owner]?: StreamTransport;
}

/** A stream that is taken, as its listeners see it. */
interface OwnedStream extends AnyStream {
  [owner]: StreamTransport;
}

/** A transport over a stream. Its methods after `abort` are for the listeners. */
class StreamTransport implements Transport {
  sink: TransportSink = noopSink;
  readonly remoteAddress: Address | null;
  readonly #stream: AnyStream;
  readonly #session: AnyStream["session"]; // a field, because a closed stream has no session
  #writtenBytes = 0;
  #owesDrain = false;
  #isAborted = false;
  /** Whether the peer has ended its side, and whether the sink was told. */
  #end: "open" | "seen" | "told" = "open";
  #cause: unknown;

  constructor(stream: AnyStream, remoteAddress: Address | null) {
    this.#stream = stream;
    this.#session = stream.session;
    this.remoteAddress = remoteAddress;
  }

  get bufferedAmount(): number {
    const { destroyed, writableLength } = this.#stream;
    return destroyed || this.#isAborted ? 0 : writableLength; // Bun 1.4.5 still counts dropped bytes
  }

  get takenBytes(): number {
    return this.#writtenBytes - this.#stream.writableLength;
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    const stream = this.#stream;
    if (start === end || !stream.writable || this.#isAborted) return true;
    // A copy, because the session keeps the bytes until they are sent.
    stream.write(bytes.slice(start, end));
    this.#writtenBytes += end - start;
    if (stream.writableLength > 0) flushSoon(this.#session);
    // The stream's own mark is not higher, so it emits `drain`.
    if (stream.writableLength > HIGH_WATER_BYTES && !this.#owesDrain) {
      this.#owesDrain = true;
      stream.once("drain", onDrain);
    }
    return true;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  end(): void {
    if (this.#stream.writable && !this.#isAborted) this.#stream.end();
  }

  abort(): void {
    const stream = this.#stream;
    if (stream.destroyed || this.#isAborted) return;
    this.#isAborted = true;
    resetLater(stream, ErrorCode.Cancel);
  }

  receive(chunk: Uint8Array): void {
    // A stream may deliver buffered bytes even after it was destroyed.
    if (this.#isAborted) return;
    const bytes = toOwnBytes(chunk);
    if (this.sink.onChunk(bytes) === true) freeChunk(bytes);
  }

  /**
   * The peer has ended its side or has reset the stream. Runtimes end the readable side in both
   * cases, because their `close()` sends END_STREAM before RST_STREAM. In the next turn it is known
   * which of the two it was.
   */
  finish(): void {
    if (this.#end !== "open") return;
    this.#end = "seen";
    setImmediate(() => this.#tellEnd());
  }

  drain(): void {
    this.#owesDrain = false;
    if (!this.#isAborted) this.sink.onDrain();
  }

  fail(error: unknown): void {
    this.#cause ??= error;
  }

  close(): void {
    this.#tellEnd();
    this.sink.onClose(this.#isAborted ? undefined : this.#explain());
  }

  #tellEnd(): void {
    if (this.#end !== "seen" || this.#isAborted || this.#isReset) return;
    this.#end = "told";
    this.sink.onEnd();
  }

  get #isReset(): boolean {
    const { rstCode = ErrorCode.NoError, aborted } = this.#stream;
    return aborted || rstCode !== ErrorCode.NoError;
  }

  /** The reason why the stream closed; `undefined` if both sides were ended. */
  #explain(): unknown {
    if (!this.#isReset) return this.#cause;
    const { rstCode = ErrorCode.NoError } = this.#stream, session = this.#session;
    const error = this.#cause === undefined ? {} : { cause: this.#cause };
    if (session === undefined || session.destroyed) {
      return new WebSocketError("ERR_TRANSPORT", "the HTTP/2 session was lost", error);
    }
    const message = `the peer reset the HTTP/2 stream: ${nameError(rstCode)} (RFC 9113 section 7)`;
    return new WebSocketError("ERR_TRANSPORT", message, error);
  }
}

function onData(this: OwnedStream, chunk: Uint8Array): void {
  this[owner].receive(chunk);
}

function onEnd(this: OwnedStream): void {
  this[owner].finish();
}

function onDrain(this: OwnedStream): void {
  this[owner].drain();
}

function onError(this: OwnedStream, error: unknown): void {
  this[owner].fail(error);
}

function onClose(this: OwnedStream): void {
  this[owner].close();
}

/**
 * Makes the transport over an open stream. The stream belongs to the transport from then on, and
 * flows.
 */
export function transportOfStream(stream: Http2Stream, remoteAddress: Address | null): Transport {
  const owned: AnyStream = stream;
  const known = owned[owner];
  if (known !== undefined) return known;
  endStreamLater(owned);
  const transport = new StreamTransport(owned, remoteAddress);
  owned[owner] = transport;
  owned.on("data", onData);
  owned.on("end", onEnd);
  owned.on("error", onError);
  owned.on("close", onClose);
  owned.resume();
  if (owned.closed && owned.destroyed) queueMicrotask(() => transport.close());
  return transport;
}
