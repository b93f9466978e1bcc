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
  /** Who sends them, where the drawing says so. Default: either. */
  readonly from?: Role;
  /** What the sender does and the receiver hears: the row is for encoder and decoder. */
  readonly sends?: readonly Sent[];
  /** What the receiver hears before anything else; the encoder would not write it so. */
  readonly hears?: readonly Sent[];
  /** The rule that is broken at the end of the row. */
  readonly fails?: Violation;
  /** Limit of the receiver. Default: that of the protocol. */
  readonly maxMessageBytes?: number;
}
