/**
 * The states in which a wire reads.
 *
 * @module
 */
import { EMPTY_BYTES } from "../bytes.ts";

/** A chunk that is decoded in part. */
export interface PendingChunk {
  readonly chunk: Uint8Array;
  /** Offset of the first byte that is not decoded. */
  readonly start: number;
}

/** Stands for no pending chunk. */
export const NO_CHUNK: PendingChunk = { chunk: EMPTY_BYTES, start: 0 };

/**
 * - `flowing`: the transport reads, and no data waits.
 * - `decoding`: inside `Protocol.receive`; a `resume` has no effect until it returns.
 * - `paused`: the transport is paused, because the sink has paused or the codec is decoding. The
 *   rest of a chunk may wait.
 * - `draining`: the transport has ended while the codec is decoding. The end is told afterwards.
 *
 * | state | event | next |
 * | --- | --- | --- |
 * | `flowing` | a chunk arrives | `decoding` |
 * | `decoding` | everything is decoded | `flowing` |
 * | `decoding` | the sink has paused, or the codec is decoding | `paused`; `draining` after the end |
 * | `paused`, `draining` | the sink resumes, or the codec has decoded | `decoding` |
 * | `paused` | the transport ends, and the codec is decoding | `draining` |
 */
export type ReadingState = "flowing" | "decoding" | "paused" | "draining";
