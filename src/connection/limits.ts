/**
 * Limits and timeouts of one connection.
 *
 * @module
 */
import { DEFAULT_MAX_MESSAGE_BYTES } from "../defaults.ts";
import { atLeast } from "../options.ts";

/** Limits and timeouts of one connection, the same for servers and clients. */
export interface ConnectionLimits {
  /**
   * Bytes of a whole message, after inflating; a larger one closes with 1009. It limits the memory
   * that a peer can make this side hold for one message.
   *
   * @default {1048576} More than most applications send.
   */
  maxMessageBytes?: number;
  /**
   * Bytes buffered for one connection: unread messages, and output that the system has not taken.
   * Reading pauses long before the limit. A sender that ignores the promise of `send()` fails the
   * connection at the limit.
   *
   * @default {4194304} Or four times `maxMessageBytes`, if that is more.
   */
  maxBufferedBytes?: number;
  /**
   * Milliseconds for the closing handshake until the transport is dropped. The time is extended
   * while the peer takes at least 1 KiB a second of the output before the Close.
   *
   * @default {5000}
   */
  closeTimeoutMs?: number;
  /**
   * Milliseconds of silence after which a ping is sent. `Infinity` turns keepalive off.
   *
   * @default {20000} Below the 30 to 60 seconds after which proxies drop idle connections.
   */
  pingIntervalMs?: number;
  /**
   * Milliseconds after such a ping until some bytes of the peer must arrive. A peer that takes at
   * least 1 KiB a second of waiting output counts as alive. A peer that takes less is given up
   * after `pingIntervalMs` plus `pongTimeoutMs`, even if it sends.
   *
   * @default {20000}
   */
  pongTimeoutMs?: number;
}

/** The limits with their defaults filled in. */
export type ResolvedLimits = Readonly<Required<ConnectionLimits>>;

/** The limits of a connection whose keepalive is another's, for example the platform's. */
export type MessageLimits = Omit<ResolvedLimits, "pingIntervalMs" | "pongTimeoutMs">;

/**
 * The lowest rate at which a peer must take output. Modems of 1990 were faster. Without this limit
 * a peer that takes one byte now and then would hold a connection and its output for ever.
 */
const LEAST_BYTES_PER_SECOND = 1_024;

/** Whether a peer that took this many bytes in this time is fast enough to wait for. */
export function isFastEnough(bytes: number, ms: number): boolean {
  return bytes > 0 && bytes * 1_000 >= ms * LEAST_BYTES_PER_SECOND;
}

/** Fills in the defaults. Throws a `RangeError` that names the invalid option. */
export function resolveMessageLimits(options: Partial<MessageLimits>): MessageLimits {
  const maxMessageBytes = atLeast(
    1,
    "maxMessageBytes",
    options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
  );
  const held = options.maxBufferedBytes ?? 4 * Math.max(DEFAULT_MAX_MESSAGE_BYTES, maxMessageBytes);
  return {
    maxMessageBytes,
    maxBufferedBytes: atLeast(1, "maxBufferedBytes", held),
    closeTimeoutMs: atLeast(0, "closeTimeoutMs", options.closeTimeoutMs ?? 5_000),
  };
}

/** As {@linkcode resolveMessageLimits}, with those of the keepalive. */
export function resolveLimits(options: ConnectionLimits): ResolvedLimits {
  return {
    ...resolveMessageLimits(options),
    pingIntervalMs: atLeast(1, "pingIntervalMs", options.pingIntervalMs ?? 20_000),
    pongTimeoutMs: atLeast(1, "pongTimeoutMs", options.pongTimeoutMs ?? 20_000),
  };
}
