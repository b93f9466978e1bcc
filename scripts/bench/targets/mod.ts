/**
 * The targets as a table.
 *
 * @module
 */
import type { Target } from "./make.ts";
import { PLAIN_TARGETS } from "./plain.ts";
import { TEXT_TARGETS } from "./text.ts";

export { PEERS, type Side, type Target } from "./make.ts";

/** All targets, in the order of the table. */
export const TARGETS: readonly Target[] = [...PLAIN_TARGETS, ...TEXT_TARGETS];
