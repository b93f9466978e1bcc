/**
 * The methods of a protocol that its reader calls.
 *
 * @module
 */
import type { Violation } from "./violations.ts";

/** Receives control frames and violations. */
export interface ReaderHost {
  /** A control frame is complete. Returns `false` to read no further. */
  onControl(opcode: number, payload: Uint8Array): boolean;
  /** The peer broke a rule. Nothing more is read. */
  onViolation(violation: Violation): void;
}
