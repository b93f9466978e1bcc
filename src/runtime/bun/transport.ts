/**
 * One native TCP, TLS or unix socket of Bun as a transport.
 *
 * One object per socket and no closure: an idle connection costs what lies in it. A
 * `data` event reaches the sink with nothing allocated on the way, and `write` allocates
 * only for what the system does not take.
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
import { PendingBytes } from "./pending.ts";
import { freeChunk } from "../../transport/free_chunk.ts";
import type { BunSocket, BunSocketHandler } from "./types.ts";

/** A native socket that belongs to a transport. */
type Socket = BunSocket<BunTransport>;

/** A transport over a native socket of Bun. */
export class BunTransport implements Transport {
  sink: TransportSink;
  /** Told once when the transport is open or cannot be made; only when dialing. */
  #dialing: PromiseWithResolvers<void> | null = null;
  /** Null before the connection is there and when it is gone. */
  #socket: Socket | null = null;
  #remoteHostname: string | undefined;
  #remotePort: number | undefined;
  /** Null when nothing waits. */
  #pending: PendingBytes | null = null;
  /** Events that came while paused, or behind such; null when there are none. */
  #held: (() => void)[] | null = null;
  #cause: unknown;
  /** Until the TLS handshake is over nothing is written, and reading goes on. */
  #isHandshaking: boolean;
  #isPaused = false;
  #isEnding = false;
  #isPeerEnded = false;
  #isAborted = false;
  #owesDrain = false;

  constructor(sink: TransportSink, isTls: boolean) {
    this.sink = sink;
    this.#isHandshaking = isTls;
  }

  get remoteAddress(): Address | null {
    const hostname = this.#remoteHostname, port = this.#remotePort;
    if (hostname === undefined || port === undefined) return null;
    return { transport: "tcp", hostname, port };
  }

  get bufferedAmount(): number {
    return this.#pending === null ? 0 : this.#pending.amount;
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    const socket = this.#socket;
    if (socket === null || this.#isEnding || start >= end) return true;
    if (this.#pending === null && !this.#isHandshaking) {
      const taken = socket.write(bytes, start, end - start);
      if (taken === end - start || this.#socket === null) return true;
      if (taken > 0) start += taken; // -1: it is about to close
    }
    this.#pending ??= new PendingBytes();
    const isCopied = this.#pending.add(bytes, start, end);
    if (this.#pending.amount > HIGH_WATER_BYTES) this.#owesDrain = true;
    return isCopied;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (!this.#isHandshaking) this.#socket?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (!this.#isHandshaking) this.#socket?.resume();
    if (this.#held !== null) queueMicrotask(() => this.#tellHeld());
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#pending === null && !this.#isHandshaking) this.#socket?.shutdown();
  }

  abort(): void {
    this.#isAborted = true;
    const isCloseHeld = this.#socket === null && this.#held !== null && this.#held.length > 0;
    this.#held = null;
    if (isCloseHeld) queueMicrotask(() => this.sink.onClose());
    else this.#socket?.terminate();
  }

  /** Waits for the TCP connection and the TLS handshake; `giveUp` ends both. */
  opened(): Promise<void> {
    this.#dialing = Promise.withResolvers();
    return this.#dialing.promise;
  }

  /** Stops dialing, if it still goes on. */
  giveUp(reason: unknown): void {
    const dialing = this.#dialing;
    if (dialing === null) return;
    this.#dialing = null;
    this.sink = noopSink;
    this.abort();
    dialing.reject(reason);
  }

  /** Takes the native socket that was made for this transport. */
  attach(socket: Socket): void {
    this.#socket = socket;
    // Read now: a closed socket no longer knows, and handlers ask in `close`.
    this.#remoteHostname = socket.remoteAddress;
    this.#remotePort = socket.remotePort;
    if (this.#isAborted) socket.terminate();
    else if (!this.#isHandshaking) this.#open();
  }

  /** What native sockets call. One object for all of them; `open` is up to who makes them. */
  static readonly events: Omit<BunSocketHandler<BunTransport>, "open"> = {
    binaryType: "uint8array",
    data({ data: transport }, chunk) {
      if (!transport.#isPaused && transport.#held === null) {
        if (transport.sink.onChunk(chunk) === true) freeChunk(chunk);
        return;
      }
      // What lies behind the handshake in one read comes although `handshake` paused, and
      // so does what was read before a reset.
      (transport.#held ??= []).push(() => transport.sink.onChunk(chunk));
    },
    drain: ({ data: transport }) => transport.#flush(),
    end({ data: transport }) {
      transport.#isPeerEnded = true;
      if (transport.#held === null) transport.sink.onEnd();
      else transport.#held.push(() => transport.sink.onEnd());
    },
    handshake({ data: transport }, success, error) {
      if (success) transport.#open();
      else transport.#cause = error ?? undefined;
    },
    close: ({ data: transport }, error) => transport.#close(error),
    error({ data: transport }, error) {
      transport.#cause ??= error;
      transport.abort();
    },
  };

  #open(): void {
    this.#isHandshaking = false;
    if (this.#isPaused) this.#socket?.pause();
    this.#dialing?.resolve();
    this.#dialing = null;
    if (this.#pending !== null) this.#flush();
    else if (this.#isEnding) this.#socket?.shutdown();
  }

  #flush(): void {
    const socket = this.#socket, pending = this.#pending;
    if (socket === null || pending === null || this.#isHandshaking) return;
    pending.writeTo(socket);
    if (pending.amount > 0 || this.#socket === null) return;
    this.#pending = null;
    if (this.#isEnding) socket.shutdown();
    if (!this.#owesDrain) return;
    this.#owesDrain = false;
    this.sink.onDrain();
  }

  #close(error: unknown): void {
    if (this.#socket === null) return;
    this.#socket = null;
    this.#pending = null;
    const cause = error ?? this.#cause;
    if (this.#dialing !== null) {
      this.giveUp(cause ?? new Error("The peer closed the connection during the TLS handshake"));
      return;
    }
    // A socket that sent its own FIN closes at the peer's, without `end`.
    const endsNow = this.#isEnding && !this.#isPeerEnded && !this.#isAborted && cause === undefined;
    const events = [() => this.sink.onClose(cause)];
    if (endsNow) events.unshift(() => this.sink.onEnd());
    if (this.#held !== null) {
      this.#held.push(...events);
      return;
    }
    // Later, because `terminate`, `write` and `shutdown` may close before they return.
    queueMicrotask(() => events.forEach((event) => event()));
  }

  #tellHeld(): void {
    const held = this.#held;
    if (held === null) return;
    while (held.length > 0 && !this.#isPaused && this.#held === held) held.shift()?.();
    if (held.length === 0 && this.#held === held) this.#held = null;
  }
}
