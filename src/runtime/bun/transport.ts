/**
 * One native TCP, TLS or unix socket of Bun as a transport.
 *
 * A socket has one object and no closure, because the objects are the memory cost of an idle
 * connection. A `data` event reaches the sink without an allocation, and `write` allocates only for
 * the bytes that the system does not take.
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

/**
 * The state of the socket. `connecting` and `securing` wait for TCP and, with TLS, for its
 * handshake; nothing is written before it, and reading continues. `aborted` waits for the native
 * socket's `close`, which follows `terminate` at once. If the native socket does not exist yet, it
 * is terminated when it does.
 */
type Phase = "connecting" | "securing" | "open" | "aborted" | "closed";

/**
 * The direction to the peer. It is `ending` from `end()` until all output is written. Then FIN is
 * sent.
 */
type Output = "open" | "ending" | "ended";

/** A transport over a native socket of Bun. */
export class BunTransport implements Transport {
  sink: TransportSink;
  takenBytes = 0;
  /** Settled when the transport is open or cannot be made. `null` for accepted transports. */
  #dialing: PromiseWithResolvers<void> | null = null;
  /** `null` while connecting and when closed. */
  #socket: Socket | null = null;
  #phase: Phase;
  #input: "open" | "ended" = "open";
  #output: Output = "open";
  #remoteHostname: string | undefined;
  #remotePort: number | undefined;
  /** Bytes that the system has not taken; `null` if there are none. */
  #pending: PendingBytes | null = null;
  /** Events that arrived while paused, and later ones behind them; `null` if there are none. */
  #held: (() => void)[] | null = null;
  #cause: unknown;
  #isPaused = false;
  #owesDrain = false;

  constructor(sink: TransportSink, isTls: boolean) {
    this.sink = sink;
    this.#phase = isTls ? "securing" : "connecting";
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
    if (socket === null || this.#output !== "open" || start >= end) return true;
    if (this.#pending === null && this.#phase === "open") {
      const taken = socket.write(bytes, start, end - start);
      if (taken === end - start || this.#socket === null) return true;
      if (taken > 0) start += taken; // -1 if the peer is gone
      if (taken < 0 && this.#isPaused) {
        socket.terminate(); // because Bun itself reports the lost peer only while reading
        return true;
      }
    }
    this.#pending ??= new PendingBytes();
    const isCopied = this.#pending.add(bytes, start, end);
    if (this.#pending.amount > HIGH_WATER_BYTES) this.#owesDrain = true;
    return isCopied;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (this.#phase === "open") this.#socket?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#phase === "open") this.#socket?.resume();
    if (this.#held !== null) queueMicrotask(() => this.#tellHeld());
  }

  end(): void {
    if (this.#output !== "open") return;
    this.#output = "ending";
    this.#endWhenWritten();
  }

  abort(): void {
    const isCloseHeld = this.#phase === "closed" && this.#held !== null && this.#held.length > 0;
    this.#held = null;
    if (isCloseHeld) queueMicrotask(() => this.sink.onClose());
    if (this.#phase === "closed") return;
    this.#phase = "aborted";
    // A reset would drop output that the system has taken and not yet delivered.
    if (this.#output === "ended") this.#socket?.close();
    else this.#socket?.terminate();
  }

  /** Waits for the TCP connection and the TLS handshake. `stopDialing` ends both. */
  opened(): Promise<void> {
    this.#dialing = Promise.withResolvers();
    return this.#dialing.promise;
  }

  /** Stops dialing, unless it is finished. */
  stopDialing(reason: unknown): void {
    const dialing = this.#dialing;
    if (dialing === null) return;
    this.#dialing = null;
    this.sink = noopSink;
    this.abort();
    dialing.reject(reason);
  }

  /** Sets the native socket of this transport. */
  attach(socket: Socket): void {
    this.#socket = socket;
    // It is read now, because a closed socket has no address and handlers read it in `close`.
    this.#remoteHostname = socket.remoteAddress;
    this.#remotePort = socket.remotePort;
    if (this.#phase === "aborted") socket.terminate();
    else if (this.#phase === "connecting") this.#open();
  }

  /** The callbacks of all native sockets; `open` is added by `listen` and by `dial`. */
  static readonly events: Omit<BunSocketHandler<BunTransport>, "open"> = {
    binaryType: "uint8array",
    data({ data: transport }, chunk) {
      if (!transport.#isPaused && transport.#held === null) {
        if (transport.sink.onChunk(chunk) === true) freeChunk(chunk);
        return;
      }
      // Bun delivers some bytes in spite of a pause: those that arrived in one read with the TLS
      // handshake, and those that were read before a reset.
      (transport.#held ??= []).push(() => transport.sink.onChunk(chunk));
    },
    drain: ({ data: transport }) => transport.#flush(),
    end({ data: transport }) {
      transport.#input = "ended";
      if (transport.#held === null) transport.sink.onEnd();
      else transport.#held.push(() => transport.sink.onEnd());
    },
    handshake({ data: transport }, success, error) {
      if (!success) transport.#cause = error ?? undefined;
      else if (transport.#phase === "securing") transport.#open();
    },
    close: ({ data: transport }, error) => transport.#close(error),
    error({ data: transport }, error) {
      transport.#cause ??= error;
      transport.abort();
    },
  };

  #open(): void {
    this.#phase = "open";
    if (this.#isPaused) this.#socket?.pause();
    this.#dialing?.resolve();
    this.#dialing = null;
    if (this.#pending !== null) this.#flush();
    else this.#endWhenWritten();
  }

  #flush(): void {
    const socket = this.#socket, pending = this.#pending;
    if (socket === null || pending === null || this.#phase !== "open") return;
    this.takenBytes += pending.writeTo(socket);
    if (pending.amount > 0 || this.#socket === null) return;
    this.#pending = null;
    this.#endWhenWritten();
    if (!this.#owesDrain) return;
    this.#owesDrain = false;
    this.sink.onDrain();
  }

  #endWhenWritten(): void {
    if (this.#output !== "ending" || this.#phase !== "open" || this.#pending !== null) return;
    this.#output = "ended";
    this.#socket?.shutdown();
  }

  #close(error: unknown): void {
    if (this.#socket === null) return;
    const wasAborted = this.#phase === "aborted";
    this.#phase = "closed";
    this.#socket = null;
    this.#pending = null;
    const cause = error ?? this.#cause;
    if (this.#dialing !== null) {
      this.stopDialing(
        cause ?? new Error("The peer closed the connection during the TLS handshake"),
      );
      return;
    }
    // A socket that sent its own FIN closes at the peer's FIN without calling `end`.
    const endsNow = this.#output !== "open" && this.#input === "open" && !wasAborted &&
      cause === undefined;
    const events = [() => this.sink.onClose(cause)];
    if (endsNow) events.unshift(() => this.sink.onEnd());
    if (this.#held !== null) {
      this.#held.push(...events);
      if (this.#isPaused) queueMicrotask(() => this.sink.onEnding?.());
      return;
    }
    // In a turn of its own, because `terminate`, `write` and `shutdown` may close before they
    // return.
    queueMicrotask(() => events.forEach((event) => event()));
  }

  #tellHeld(): void {
    const held = this.#held;
    if (held === null) return;
    while (held.length > 0 && !this.#isPaused && this.#held === held) held.shift()?.();
    if (held.length === 0 && this.#held === held) this.#held = null;
  }
}
