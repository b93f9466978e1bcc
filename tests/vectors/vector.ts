/**
 * What a row of the tables of frames says.
 *
 * @module
 */
import type { Violation } from "../../src/protocol/violations.ts";
import type { Role } from "../../src/protocol/role.ts";
import type { Sent } from "../helpers/protocol_events.ts";

/** One row: a stream of frames as the RFC draws them, and what it means. */
export interface Vector {
  /** Document and section, as "RFC 6455 5.2". */
  readonly section: string;
  readonly name: string;
  /** The frames, for `bits`. */
  readonly bits: string;
  /** The sender of the frames, if the drawing names one. Default: either role. */
  readonly from?: Role;
  /**
   * The events of the receiver, which the sender's calls cause: the row tests decoder and encoder.
   */
  readonly sends?: readonly Sent[];
  /** Frames before all others, which the encoder would not write in this form. */
  readonly hears?: readonly Sent[];
  /** The rule that is broken at the end of the row. */
  readonly fails?: Violation;
  /** Limit of the receiver. Default: that of the protocol. */
  readonly maxMessageBytes?: number;
}
