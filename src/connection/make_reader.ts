/**
 * Makes the receiver of a handler that reads.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Reader } from "./pull_receiver.ts";
import type { Wire } from "./wire.ts";
import { MessageReader } from "./message_reader.ts";

/** Options of {@linkcode makeReader}. */
export interface ReaderOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  /** Messages up to this size are kept while no read waits. */
  readonly maxMessageBytes: number;
}

/** Makes a reader of messages. If the wire has frames, it reads fragments and streams as well. */
export function makeReader(options: ReaderOptions): Reader {
  const { frames } = options.wire;
  return frames === null ? new MessageReader(options) : frames.makeReader(options);
}
