/**
 * The objects and settings that all connections of one runtime share.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { CompressionOptions, DeflateEngine } from "./compression.ts";
import type { HashToBase64 } from "../handshake/accept_key.ts";
import type { MaskingKeySource } from "../protocol/frame_encoder.ts";
import type { ProtocolTuning } from "../protocol/protocol_options.ts";
import { LONGEST_MS, systemClock } from "../clock.ts";
import type { Schedule } from "./flush_schedule.ts";
import { SharedOutput } from "./shared_output.ts";

/** The clock, randomness and output buffer of a process (or of a test). */
export interface Platform {
  /** Time and timers. */
  readonly clock: Clock;
  /** The output buffer of all connections. */
  readonly output: SharedOutput;
  /** Masking keys for client connections. */
  readonly maskingKeys: MaskingKeySource;
  /** zlib, if it is loaded. */
  readonly deflate?: DeflateEngine;
  /** Loads zlib, on runtimes that have it; see {@linkcode withDeflate}. */
  readonly loadDeflate?: (() => Promise<DeflateEngine>) | undefined;
  /** Calls back in a later turn of the event loop, after the events that are pending now. */
  readonly nextTurn: Schedule;
  /** The runtime's own SHA-1, for opening handshakes. */
  readonly hashToBase64?: HashToBase64 | undefined;
  /** Sizes and functions that make the protocol fast on this runtime. */
  readonly tuning: ProtocolTuning;
  /** Whether refused handshakes are printed on the console if there is no `onRefuse`. */
  readonly isDevelopment: boolean;
}

const POOL_WORDS = 1024;

/** Unpredictable masking keys (RFC 6455 section 10.3), drawn from the platform by the thousand. */
export function makeMaskingKeys(): MaskingKeySource {
  let pool: Uint32Array<ArrayBuffer> | null = null, next = POOL_WORDS;
  return () => {
    if (next === POOL_WORDS) {
      pool = crypto.getRandomValues(pool ?? new Uint32Array(POOL_WORDS));
      next = 0;
    }
    return pool![next++]!;
  };
}

/** The parts of a platform that differ between runtimes. */
export interface PlatformParts {
  /**
   * Schedules the write of output that was sent outside of a read callback. Default:
   * `queueMicrotask`.
   */
  readonly schedule?: Schedule;
  /** Calls of `schedule` without new output until it is written. Default 1. */
  readonly idleTicks?: number;
  /** Calls back after all reads for which the system has data. Default: `schedule`. */
  readonly later?: Schedule;
  /**
   * Calls back in a later turn of the event loop, after other sockets were read. Default: `later`,
   * or a timer.
   */
  readonly nextTurn?: Schedule;
  readonly loadDeflate?: Platform["loadDeflate"];
  readonly hashToBase64?: Platform["hashToBase64"];
  /** Default: the protocol's own, with large messages compressed in turns. */
  readonly tuning?: ProtocolTuning;
  /** Whether refused handshakes are printed on the console. Default `false`. */
  readonly isDevelopment?: boolean;
}

/**
 * The system clock with `hold`, which a browser's client does not need. While a server closes, its
 * sockets may be paused or belong to another library. Node would then exit before the last of them
 * has closed.
 */
const holdingClock: Clock = {
  ...systemClock,
  hold() {
    const timer = setInterval(() => {}, LONGEST_MS); // does nothing but keep the process alive
    return () => clearInterval(timer);
  },
};

/** Makes the platform of a runtime. */
export function makePlatform(parts: PlatformParts = {}): Platform {
  const { schedule = queueMicrotask, idleTicks = 1, later = schedule, loadDeflate, tuning } = parts;
  const { isDevelopment = false } = parts;
  return {
    isDevelopment,
    clock: holdingClock,
    output: new SharedOutput({ schedule, idleTicks, later }),
    nextTurn: parts.nextTurn ?? parts.later ?? ((callback) => void systemClock.after(0, callback)),
    maskingKeys: makeMaskingKeys(),
    loadDeflate,
    hashToBase64: parts.hashToBase64,
    tuning: { ...tuning, sendsInTurns: true },
  };
}

/**
 * Adds zlib to a platform if the option `compression` is set. It is not loaded otherwise, because
 * loading `node:zlib` takes 3 ms on Node, 8 on Bun and 18 on Deno, where it also keeps a megabyte
 * of memory.
 */
export async function withDeflate(
  platform: Platform,
  compression: boolean | CompressionOptions | undefined,
): Promise<Platform> {
  const { loadDeflate } = platform;
  if (!compression || loadDeflate === undefined) return platform;
  return { ...platform, deflate: await loadDeflate() };
}
