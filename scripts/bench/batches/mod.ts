/**
 * The measurements as data: each load, and the servers that are compared under it.
 *
 * @module
 */
import type { Batch } from "../workloads.ts";
import { FANOUT_BATCHES } from "./fanout.ts";
import { HTTP_BATCHES } from "./http.ts";
import { IDLE_BATCHES } from "./idle.ts";
import { OPEN_LOOP_BATCHES } from "./open_loop.ts";
import { PLAIN_BATCHES } from "./plain.ts";
import { TEXT_BATCHES } from "./text.ts";
import { TLS_BATCHES } from "./tls.ts";

/** Everything there is, in the order in which it is run. */
export const BATCHES: readonly Batch[] = [
  ...PLAIN_BATCHES,
  ...TEXT_BATCHES,
  ...TLS_BATCHES,
  ...HTTP_BATCHES,
  ...FANOUT_BATCHES,
  ...OPEN_LOOP_BATCHES,
  ...IDLE_BATCHES,
];
