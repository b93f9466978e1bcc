/**
 * Translates the options of `ws` that servers and clients share.
 *
 * @module
 */
import type { ConnectionLimits } from "../connection/limits.ts";
import { refuseOther } from "./not_supported.ts";

/** Limits of a connection, and how its listeners are called. */
export interface ConnectionOptions {
  /**
   * Most bytes of a whole message, after inflating; 0 for no limit. @default `104857600` (100 MiB),
   * as `ws` has it
   */
  maxPayload?: number;
  /**
   * A limit of `ws` on the fragments of a message. It has no effect, because this library limits
   * memory by counting bytes, including the cost of each part.
   */
  maxFragments?: number;
  /** A limit of `ws` on waiting chunks. It has no effect, as `maxFragments`. */
  maxBufferedChunks?: number;
  /**
   * A limit of `ws` on waiting pongs. It has no effect, because only the latest waiting pong is
   * sent.
   */
  maxPendingAutoPongs?: number;
  /** Milliseconds for the closing handshake. @default `30000`, as `ws` has it */
  closeTimeout?: number;
  /**
   * Most messages whose listeners may run at the same time. Promises of listeners are awaited, and
   * the peer waits meanwhile. `ws` does not have this option. @default `0`: nothing is awaited, as
   * in `ws`
   */
  awaitListeners?: number;
  /**
   * Most bytes that may wait to be sent. Beyond this number the connection is dropped. `ws` does
   * not have this option.
   * @default `Infinity`, as in `ws`: the sender has to watch `bufferedAmount`
   */
  maxBufferedBytes?: number;
  /**
   * Milliseconds of silence after which a ping is sent. `ws` does not have this option. @default
   * `Infinity`: none, as in `ws`
   */
  pingIntervalMs?: number;
  /**
   * Milliseconds after such a ping until some bytes of the peer must arrive. `ws` does not have
   * this option. @default `20000`
   */
  pongTimeoutMs?: number;
}

/** Throws for an option that is not supported. */
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

/** Translates the options into limits. */
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

/** Checks the option `awaitListeners`. Returns its value. */
export function checkAwaitListeners(value: number | undefined): number {
  if (value === undefined) return 0;
  if (Number.isInteger(value) && value >= 0 || value === Infinity) return value;
  throw new RangeError(`awaitListeners: must be a whole number of at least 0, not ${value}`);
}
