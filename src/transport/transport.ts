/**
 * The byte pipe under a connection. Every adapter in `runtime/` implements
 * {@linkcode Transport}.
 *
 * @module
 */

import type { Address } from "../message.ts";

/** Receives the events of a {@linkcode Transport}. No method may throw. */
export interface TransportSink {
  /**
   * Bytes arrived. The chunk belongs to the sink, which may write into it; it is never empty.
   * Returns `true` when nothing refers to it any more, so that its memory may be reused.
   */
  onChunk(chunk: Uint8Array): boolean | void;
  /**
   * The preferred memory for the next bytes, for transports that can choose where they read to. The
   * chunk that `onChunk` is then given is the beginning of this memory. `null` without a
   * preference.
   */
  readonly readTarget?: Uint8Array | null;
  /** The peer ended its side (FIN). No chunk follows; writing is still possible. */
  onEnd(): void;
  /** `bufferedAmount` is 0 again after a `write` left more than {@linkcode HIGH_WATER_BYTES}. */
  onDrain(): void;
  /**
   * The transport has ended while it is paused. The sink should resume it now: the remaining chunks
   * and `onClose` follow then.
   */
  onEnding?(): void;
  /** The transport is gone in both directions. Called once and last; `cause` tells of a failure. */
  onClose(cause?: unknown): void;
}

/** Ignores every event. It is the sink of a transport until another one is set. */
export const noopSink: TransportSink = { onChunk() {}, onEnd() {}, onDrain() {}, onClose() {} };

/**
 * A transport with more than this many bytes not yet given to the system owes its sink an
 * `onDrain`. 64 KiB is the mark of Node's and Deno's sockets, and enough to keep a fast link busy.
 */
export const HIGH_WATER_BYTES: number = 64 * 1024;

/**
 * A reliable, ordered byte pipe: one TCP, TLS or unix connection, or a similar stream. No method
 * calls the sink before it returns: events come in turns of their own.
 */
export interface Transport {
  /** Receiver of the events; replaced when the opening handshake hands over to the connection. */
  sink: TransportSink;
  /** The other end, or `null` where the runtime does not tell. */
  readonly remoteAddress: Address | null;
  /** Bytes written and not yet given to the system. */
  readonly bufferedAmount: number;
  /**
   * Bytes that had to wait and were then taken by the system, as far as the runtime reports them.
   * While output waits, the number grows only if the peer reads.
   */
  readonly takenBytes: number;
  /**
   * Takes `bytes[start, end)` in order, at once and whole. Returns `true` when the buffer may be
   * reused on return; `false` when the transport refers to it until `bufferedAmount` is 0, so that
   * its owner must not write to it before. Does nothing (and returns `true`) once ended or closed.
   */
  write(bytes: Uint8Array, start: number, end: number): boolean;
  /**
   * Takes bytes that never change and that other transports are given too. Only for transports that
   * save a copy by it.
   */
  writeShared?(bytes: Uint8Array): void;
  /**
   * Stops reading, so that the peer is held back. Idempotent; no `onChunk` comes until `resume`.
   */
  pause(): void;
  /** Resumes reading. Idempotent. */
  resume(): void;
  /** Sends FIN after all that is buffered. Reading goes on. Idempotent. */
  end(): void;
  /**
   * Drops the connection now, with a reset where the system supports it. After `end`, output that
   * the system has taken is still delivered. `onClose` follows. Idempotent.
   */
  abort(): void;
}
