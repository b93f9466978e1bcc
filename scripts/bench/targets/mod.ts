/**
 * The targets as a table.
 *
 * @module
 */
import { FANOUT_TARGETS } from "./fanout.ts";
import { HTTP_TARGETS } from "./http.ts";
import { IDLE_TARGETS, OPEN_LOOP_TARGETS } from "./latency.ts";
import type { Target } from "./make.ts";
import { PLAIN_TARGETS } from "./plain.ts";
import { TEXT_TARGETS } from "./text.ts";
import { TLS_TARGETS } from "./tls.ts";

export { PEERS, type Side, type Target } from "./make.ts";

/** All targets, in the order of the table. */
export const TARGETS: readonly Target[] = [
  ...PLAIN_TARGETS,
  ...TEXT_TARGETS,
  ...TLS_TARGETS,
  ...HTTP_TARGETS,
  ...FANOUT_TARGETS,
  ...OPEN_LOOP_TARGETS,
  ...IDLE_TARGETS,
];
