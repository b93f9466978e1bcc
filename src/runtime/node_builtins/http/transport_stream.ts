/**
 * A transport as a Node stream: `node:http` serves ordinary requests on the sockets of a runtime's own
 * adapter, and gives the transport back for an upgrade.
 *
 * @module
 */
import { concat } from "../../../bytes.ts";
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from "../../../defaults.ts";
import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { systemClock, type TimerId } from "../../../clock.ts";
import {
  HIGH_WATER_BYTES,
  noopSink,
  type Transport,
  type TransportSink,
} from "../../../transport/transport.ts";

/** Time for a client from a response to the end of the next head. */
const KEEP_ALIVE_MS = 6_000;
/** Time for a client to end its side after the last response. */
const LINGER_MS = 2_000;

type Done = (error?: Error | null) => void;

/** A socket for an HTTP server, over any transport. */
export class TransportStream extends Duplex implements TransportSink {
  /** As on a `tls.TLSSocket`; `schemeOf` reads it. */
  readonly encrypted: boolean;
  #transport: Transport | null;
  #onDrained: Done | null = null;
  #cause: unknown;
  #isEnded = false;
  #isClosed = false;
  #requests = 0;
  #request: IncomingMessage | null = null;
  #deadline: TimerId;

  constructor(transport: Transport, options: { encrypted: boolean }) {
    super({ allowHalfOpen: true });
    this.encrypted = options.encrypted;
    this.#transport = transport;
    transport.sink = this;
    this.#dropAfter(DEFAULT_HANDSHAKE_TIMEOUT_MS);
  }

  /** A request's head is complete. In Bun the timeouts of `node:http` do not cover such streams. */
  beginRequest(request: IncomingMessage): void {
    this.#requests++;
    this.#request = request;
    systemClock.clear(this.#deadline);
  }

  /** A response is complete. */
  endRequest(): void {
    this.#request = null;
    this.readOn();
    if (--this.#requests === 0) this.#dropAfter(KEEP_ALIVE_MS);
  }

  /** More of a request's body is wanted. */
  readOn(): void {
    this.#transport?.resume();
  }

  onChunk(chunk: Uint8Array): void {
    if (!this.push(chunk) || this.#isFull()) this.#transport?.pause();
  }

  onEnd(): void {
    this.#isEnded = true;
    this.push(null);
  }

  onDrain(): void {
    const done = this.#onDrained;
    this.#onDrained = null;
    done?.();
  }

  onClose(cause?: unknown): void {
    this.#isClosed = true;
    this.#cause = cause;
    this.destroy(cause instanceof Error ? cause : undefined);
  }

  override _read(): void {
    if (!this.#isFull()) this.readOn();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    const transport = this.#transport;
    transport?.write(chunk, 0, chunk.length);
    if (transport !== null && transport.bufferedAmount > HIGH_WATER_BYTES) this.#onDrained = done;
    else done();
  }

  override _final(done: Done): void {
    this.#transport?.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    systemClock.clear(this.#deadline);
    this.#transport?.abort();
    this.#onDrained?.(error);
    done(error);
  }

  /** Ends after a last response. Reading goes on, because unread bytes would reset the connection. */
  destroySoon(): void {
    this.end();
    this.resume();
    this.#dropAfter(LINGER_MS);
  }

  /** HTTP servers call it; see `beginRequest` for the timeouts. */
  setTimeout(): this {
    return this;
  }

  /** Gives the transport back, with the bytes that were read and not used. Its sink is to be set at once. */
  release(rest: Uint8Array): { transport: Transport | null; rest: Uint8Array } {
    const transport = this.#transport;
    if (transport === null) return { transport, rest };
    this.#transport = null;
    transport.sink = noopSink;
    const left: unknown = this.read();
    // Events that this stream alone has seen are told again, to the sink that is set by then.
    if (this.#isEnded) queueMicrotask(() => transport.sink.onEnd());
    if (this.#isClosed) queueMicrotask(() => transport.sink.onClose(this.#cause));
    this.destroy();
    transport.resume();
    return { transport, rest: left instanceof Uint8Array ? concat([rest, left]) : rest };
  }

  /** Whether the body of a request is full. Bun feeds it further although it is not read. */
  #isFull(): boolean {
    return this.#request !== null && this.#request.readableLength > HIGH_WATER_BYTES;
  }

  #dropAfter(ms: number): void {
    systemClock.clear(this.#deadline);
    if (!this.destroyed) this.#deadline = systemClock.after(ms, () => this.destroy());
  }
}
