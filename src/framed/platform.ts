/**
 * The objects and settings that all connections of one runtime share.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { CompressionOptions, DeflateEngine } from "./compression.ts";
import type { MaskingKeySource } from "../protocol/frame_encoder.ts";
import type { ProtocolTuning } from "../protocol/protocol_options.ts";
import { systemClock } from "../clock.ts";
import type { Schedule } from "./flush_schedule.ts";
import { SharedOutput } from "./shared_output.ts";

/** Time, randomness and the output buffer of a process (or of a test). */
export interface Platform {
  /** Time and timers. */
  readonly clock: Clock;
  /** The output buffer of all connections. */
  readonly output: SharedOutput;
  /** Masking keys for client connections. */
  readonly maskingKeys: MaskingKeySource;
  /** zlib, where it is loaded. */
  readonly deflate?: DeflateEngine;
  /** Loads zlib, on runtimes that have it; see {@linkcode withDeflate}. */
  readonly loadDeflate?: (() => Promise<DeflateEngine>) | undefined;
  /** Calls back in a later turn of the event loop, after what has happened meanwhile. */
  readonly nextTurn: Schedule;
  /** Sizes and functions that make the protocol fast on this runtime. */
  readonly tuning: ProtocolTuning;
  /** Whether refused handshakes are printed on the console when no `onRefuse` is told. */
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
  /** Calls back when output that was sent outside of a read is to be written. Default: `queueMicrotask`. */
  readonly schedule?: Schedule;
  /** Calls of `schedule` without new output until it is written. Default 1. */
  readonly idleTicks?: number;
  /** Calls back after all reads that the system has ready. Default: `schedule`. */
  readonly later?: Schedule;
  /** Calls back in a later turn of the event loop, in which others were heard. Default: `later`, or a timer. */
  readonly nextTurn?: Schedule;
  readonly loadDeflate?: Platform["loadDeflate"];
  /** Default: the protocol's own, with large messages compressed in turns. */
  readonly tuning?: ProtocolTuning;
  /** Default `false`. */
  readonly isDevelopment?: boolean;
}

/** Longer than any wait; the timer does nothing. */
const HOLD_MS = 2 ** 31 - 1;

/**
 * A browser's client has `systemClock` alone. A server's close must be waited for: its sockets may be
 * paused, or streams of somebody else's, and then Node would end before the last of them.
 */
const holdingClock: Clock = {
  ...systemClock,
  hold() {
    const timer = setInterval(() => {}, HOLD_MS);
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
    tuning: { ...tuning, sendsInTurns: true },
  };
}

/**
 * A platform with its zlib, if the option asks for compression. Loading `node:zlib` takes 3 ms
 * on Node, 8 on Bun and 18 on Deno, where it keeps a megabyte for good.
 */
export async function withDeflate(
  platform: Platform,
  compression: boolean | CompressionOptions | undefined,
): Promise<Platform> {
  const { loadDeflate } = platform;
  if (!compression || loadDeflate === undefined) return platform;
  return { ...platform, deflate: await loadDeflate() };
}
