/**
 * Options of `ws` that servers and clients share, in the words of this library.
 *
 * @module
 */
import type { ConnectionLimits } from "../connection/limits.ts";
import { refuseOther } from "./not_supported.ts";

/** Limits of a connection, and how its listeners are called. */
export interface ConnectionOptions {
  /** Bytes of a whole message, after inflating; 0 for no limit. @default `104857600` (100 MiB), as `ws` has it */
  maxPayload?: number;
  /**
   * In `ws`, how many fragments a message may have, how many chunks and pongs may wait: bounds of
   * memory. They are met here by counting bytes, each part with what it costs, and have no effect.
   */
  maxFragments?: number;
  /** As `maxFragments`. */
  maxBufferedChunks?: number;
  /** As `maxFragments`: of the pongs that wait only the latest is sent. */
  maxPendingAutoPongs?: number;
  /** Milliseconds for the closing handshake. @default `30000`, as `ws` has it */
  closeTimeout?: number;
  /**
   * Messages whose listeners may be at work at once: their promises are awaited, and the peer
   * waits. Not in `ws`. @default `0`: nothing is awaited, as in `ws`
   */
  awaitListeners?: number;
  /**
   * Bytes that may wait to be sent; a connection that goes beyond it is dropped. Not in `ws`.
   * @default `Infinity`, as in `ws`: the sender has to watch `bufferedAmount`
   */
  maxBufferedBytes?: number;
  /** Milliseconds of silence after which a ping is sent. Not in `ws`. @default `Infinity`: none, as in `ws` */
  pingIntervalMs?: number;
  /** Milliseconds until the peer must be heard after such a ping. Not in `ws`. @default `20000` */
  pongTimeoutMs?: number;
}

/** Throws for what is not here. */
export function checkConnectionOptions(options: object): void {
  const { allowSynchronousEvents, autoPong, skipUTF8Validation } = options as {
    allowSynchronousEvents?: unknown;
    autoPong?: unknown;
    skipUTF8Validation?: unknown;
  };
  refuseOther("allowSynchronousEvents", allowSynchronousEvents, true);
  refuseOther("autoPong", autoPong, true);
  refuseOther("skipUTF8Validation", skipUTF8Validation, false);
}

const MIB = 1024 * 1024;

/** The limits that the options ask for. */
export function toLimits(options: ConnectionOptions): ConnectionLimits {
  const { maxPayload, closeTimeout, maxBufferedBytes, pingIntervalMs, pongTimeoutMs } = options;
  return {
    maxMessageBytes: maxPayload === 0 ? Infinity : maxPayload ?? 100 * MIB,
    closeTimeoutMs: closeTimeout ?? 30_000,
    maxBufferedBytes: maxBufferedBytes ?? Infinity,
    pingIntervalMs: pingIntervalMs ?? Infinity,
    ...pongTimeoutMs === undefined ? {} : { pongTimeoutMs },
  };
}

/** Checks the option; gives its value. */
export function checkAwaitListeners(value: number | undefined): number {
  if (value === undefined) return 0;
  if (Number.isInteger(value) && value >= 0 || value === Infinity) return value;
  throw new RangeError(`awaitListeners: must be a whole number of at least 0, not ${value}`);
}
