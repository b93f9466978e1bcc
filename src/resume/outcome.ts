/**
 * The outcome of a session after a lost connection.
 *
 * @module
 */
import type { Message } from "../message.ts";

/** The outcome of a session after a connection was lost. */
export type ResumeOutcome =
  | { readonly resumed: true }
  | {
    readonly resumed: false;
    /** Messages that were sent and not acknowledged: each may have arrived or not. */
    readonly lost: readonly Message[];
  };
