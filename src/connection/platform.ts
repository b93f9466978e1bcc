/**
 * What all connections of one runtime share.
 *
 * @module
 */
import type { Clock } from "./clock.ts";
import type { MaskingKeySource } from "../protocol/frame_encoder.ts";
import { systemClock } from "./clock.ts";
import { type Defer, SharedOutput } from "./shared_output.ts";

/** Time, randomness and the output buffer of a process (or of a test). */
export interface Platform {
  /** Timers. */
  readonly clock: Clock;
  /** The one output buffer. */
  readonly output: SharedOutput;
  /** Masking keys for client connections. */
  readonly maskingKeys: MaskingKeySource;
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

/** Makes the platform of a runtime; `defer` gathers what is sent outside of a chunk. */
export function makePlatform(defer: Defer = queueMicrotask): Platform {
  return {
    clock: systemClock,
    output: new SharedOutput(defer),
    maskingKeys: makeMaskingKeys(),
  };
}
