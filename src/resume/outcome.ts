/**
 * What became of a session.
 *
 * @module
 */
import type { Message } from "../message.ts";

/** What became of a session after a connection was lost. */
export type ResumeOutcome =
  | { readonly resumed: true }
  | {
    readonly resumed: false;
    /** Messages that were sent and not acknowledged: each may have arrived or not. */
    readonly lost: readonly Message[];
  };
