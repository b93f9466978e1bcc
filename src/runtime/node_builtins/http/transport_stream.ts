/**
 * A transport as a Node stream: `node:http` serves ordinary requests on the sockets of a runtime's
 * own adapter, and gives the transport back for an upgrade.
 *
 * @module
 */
import { concat, EMPTY_BYTES } from "../../../bytes.ts";
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
import { endOfPart, hasBody } from "./parts.ts";
import { ProgressWatch } from "./progress_watch.ts";

/** Milliseconds that a client has from a response to the end of the next head. */
const KEEP_ALIVE_MS = 6_000;
/** Milliseconds that a client has to end its side after the last response. */
const LINGER_MS = 2_000;
/** The same, for a client that has no running request when the server closes. */
const FAREWELL_MS = 200;

type Done = (error?: Error | null) => void;

/** The server that a stream belongs to, which is told of the stream's state. */
export interface StreamOwner {
  /** The stream waits for a request. */
  onSilent(stream: TransportStream): void;
  /** The stream has got a request. */
  onBusy(stream: TransportStream): void;
  /** The stream is closed, or its transport belongs to a WebSocket now. */
  onGone(stream: TransportStream): void;
}

/** Options of a {@linkcode TransportStream}. */
export interface TransportStreamOptions {
  readonly encrypted: boolean;
  /** Milliseconds for a head, and for a pause within a body. */
  readonly timeoutMs?: number;
  readonly owner?: StreamOwner;
}

/**
 * A socket for an HTTP server, over any transport. It passes on one request at a time. Otherwise a
 * client that pipelines a million requests would have a million of them running.
 */
export class TransportStream extends Duplex implements TransportSink {
  /** As on a `tls.TLSSocket`; `schemeOf` reads it. */
  readonly encrypted: boolean;
  readonly #owner: StreamOwner | undefined;
  readonly #timeoutMs: number;
  #transport: Transport | null;
  #watch: ProgressWatch | null = null; // made at the first body or the first waiting output
  #unfed: Uint8Array = EMPTY_BYTES; // arrived, and not passed on yet
  #isFeeding = false;
  #onDrained: Done | null = null;
  #cause: unknown;
  #isEnded = false;
  #isClosed = false;
  #isLast = false; // the server closes
  #requests = 0;
  #request: IncomingMessage | null = null;
  #whenIdle: (() => void) | null = null;
  #deadline: TimerId;

  constructor(transport: Transport, options: TransportStreamOptions) {
    super({ allowHalfOpen: true });
    const { encrypted, timeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS, owner } = options;
    this.encrypted = encrypted;
    this.#timeoutMs = timeoutMs;
    this.#owner = owner;
    this.#transport = transport;
    transport.sink = this;
    this.#wait(timeoutMs);
  }

  /** Whether this is the last request, because the server closes. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /** A request's head is complete. In Bun the timeouts of `node:http` do not cover such streams. */
  beginRequest(request: IncomingMessage): void {
    this.#requests++;
    this.#request = request;
    systemClock.clear(this.#deadline);
    this.#owner?.onBusy(this);
    if (hasBody(request)) this.#watchProgress();
  }

  /** A response is complete. */
  endRequest(): void {
    this.#requests--;
    if (this.#requests === 0) {
      this.#request = null;
      this.#whenIdle?.();
      this.#whenIdle = null;
      if (this.#transport === null || this.destroyed) return;
      if (this.#isLast) this.destroySoon();
      else this.#wait(KEEP_ALIVE_MS);
    }
    this.readOn();
  }

  /**
   * Calls back when no response is being sent. The bytes of an upgrade have to follow all
   * responses.
   */
  afterResponses(callback: () => void): void {
    if (this.#requests === 0) callback();
    else this.#whenIdle = callback;
  }

  /** Serves no request after the current one. */
  finishUp(): void {
    this.#isLast = true;
    if (this.#requests > 0) return;
    this.destroySoon();
    this.#dropAfter(FAREWELL_MS);
  }

  /** More of a request's body is wanted. */
  readOn(): void {
    this.#feed();
  }

  onChunk(chunk: Uint8Array): void {
    this.#watch?.add(chunk.length);
    this.#unfed = this.#unfed.length === 0 ? chunk : concat([this.#unfed, chunk]);
    this.#feed();
  }

  onEnding(): void {
    this.#transport?.resume(); // otherwise its end would not be reported
  }

  onEnd(): void {
    this.#isEnded = true;
    this.#feed();
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

  /** Called before a part is taken, so the next follows in a microtask. */
  override _read(): void {
    if (this.#unfed.length > 0) queueMicrotask(() => this.#feed());
    else this.#feed();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    const transport = this.#transport;
    transport?.write(chunk, 0, chunk.length);
    if (transport === null || transport.bufferedAmount <= HIGH_WATER_BYTES) return done();
    this.#onDrained = done;
    this.#watchProgress();
  }

  /** Joins the parts of one response, because each part alone would be a packet. */
  override _writev(parts: { chunk: Uint8Array }[], done: Done): void {
    this._write(concat(parts.map(({ chunk }) => chunk)), "", done);
  }

  override _final(done: Done): void {
    this.#transport?.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    systemClock.clear(this.#deadline);
    this.#watch?.stop();
    this.#transport?.abort();
    this.#owner?.onGone(this);
    this.#onDrained?.(error);
    done(error);
  }

  /**
   * Ends after a last response. Reading goes on, because unread bytes would reset the connection.
   */
  destroySoon(): void {
    this.end();
    this.resume();
    this.#dropAfter(LINGER_MS);
  }

  /** Does nothing. HTTP servers call it; `beginRequest` sets the timeouts. */
  setTimeout(): this {
    return this;
  }

  /**
   * Gives the transport back, with the bytes that were read and not used. The caller must set its
   * sink at once.
   */
  release(early: Uint8Array): { transport: Transport | null; early: Uint8Array } {
    const transport = this.#transport;
    if (transport === null) return { transport, early };
    this.#transport = null;
    transport.sink = noopSink;
    const left: unknown = this.read();
    // Events that only this stream has seen are repeated for the new sink.
    if (this.#isEnded) queueMicrotask(() => transport.sink.onEnd());
    if (this.#isClosed) queueMicrotask(() => transport.sink.onClose(this.#cause));
    this.destroy();
    transport.resume();
    const unread = left instanceof Uint8Array ? [early, left, this.#unfed] : [early, this.#unfed];
    return { transport, early: concat(unread) };
  }

  /**
   * Passes on the bytes that arrived, each head by itself, until a complete request is running.
   * Then the client is paused.
   */
  #feed(): void {
    if (this.#isFeeding || this.#transport === null) return;
    if (this.writableEnded) this.#unfed = EMPTY_BYTES; // no answer can follow
    this.#isFeeding = true;
    while (this.#unfed.length > 0 && this.#mayFeed()) {
      const end = endOfPart(this.#unfed), part = this.#unfed.subarray(0, end);
      this.#unfed = this.#unfed.subarray(end);
      this.push(part);
    }
    this.#isFeeding = false;
    if (this.#unfed.length > 0 || this.#isFull()) this.#hold();
    else if (this.#isEnded && !this.readableEnded) this.push(null);
    else this.#transport?.resume();
  }

  /** Whether the parser has consumed its bytes, and may be given more. */
  #mayFeed(): boolean {
    if (this.#transport === null || this.readableLength > 0 || this.#isFull()) return false;
    const request = this.#request;
    return this.#requests === 0 ||
      (this.#requests === 1 && request !== null && hasBody(request) && !request.complete);
  }

  #hold(): void {
    this.#watch?.hold();
    this.#transport?.pause();
  }

  /** Whether the body of a request is full. Bun feeds it further although it is not read. */
  #isFull(): boolean {
    return this.#request !== null && this.#request.readableLength > HIGH_WATER_BYTES;
  }

  #wait(ms: number): void {
    this.#owner?.onSilent(this);
    this.#dropAfter(ms);
  }

  #dropAfter(ms: number): void {
    systemClock.clear(this.#deadline);
    if (!this.destroyed) this.#deadline = systemClock.after(ms, () => this.destroy());
  }

  #watchProgress(): void {
    this.#watch ??= new ProgressWatch(this.#timeoutMs, {
      isSending: () => this.#request !== null && hasBody(this.#request) && !this.#request.complete,
      isPaused: () => this.#unfed.length > 0 || this.#isFull(),
      hasOutput: () => this.#onDrained !== null,
      takenBytes: () => this.#transport?.takenBytes ?? 0,
      onStalled: () => this.destroy(),
    });
    this.#watch.start();
  }
}
