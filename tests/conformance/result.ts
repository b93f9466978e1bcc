/**
 * What a case gives, whoever ran it: Autobahn or one of ours.
 *
 * @module
 */

/** Autobahn's words for what a peer did, the best first; ours too. */
export const BEHAVIORS = [
  "OK",
  "INFORMATIONAL",
  "NON-STRICT",
  "UNIMPLEMENTED",
  "FAILED",
  "ERROR",
] as const;
/** One of {@linkcode BEHAVIORS}. */
export type Behavior = (typeof BEHAVIORS)[number];

/** One case on one target: a cell of the matrix. */
export interface CaseResult {
  /** `9.1.2` is Autobahn's, `head.3` is ours. */
  readonly id: string;
  readonly title: string;
  readonly behavior: Behavior;
  /** How the connection was closed, in Autobahn's words; `OK` and `INFORMATIONAL` are fine. */
  readonly close: string;
  /** The fault, or Autobahn's explanation. */
  readonly why: string;
  readonly ms: number;
  /** Whether others merely choose otherwise than we would. */
  readonly isChoice?: boolean;
  /** The page with all that was sent and received, relative to the target's folder. */
  readonly page: string;
}

const FINE: readonly string[] = ["OK", "INFORMATIONAL"];

/** Whether a result is what we want of our own cells. */
export function isFine({ behavior, close }: Pick<CaseResult, "behavior" | "close">): boolean {
  return FINE.includes(behavior) && FINE.includes(close);
}

/** The section that a case belongs to: `9` of `9.1.2`, `head` of `head.3`. */
export function sectionOf(id: string): string {
  return id.slice(0, id.indexOf("."));
}

/** The folder of a target's pages, in that of the report. */
export function folderOf(target: string): string {
  return target.replaceAll(" ", "-");
}

/** The page of one cell, from the report's index. */
export function pageOf(target: string, { page }: Pick<CaseResult, "page">): string {
  return `${folderOf(target)}/${page}`;
}
