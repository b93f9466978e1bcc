/**
 * Fan-out: one connection sends, and each message goes to all connections. What is counted are
 * deliveries. Ours is `scripts/fanout.ts`, by topics and by a loop.
 *
 * @module
 */
import type { Batch, Load } from "../workloads.ts";
import { batch, byPlace, type Entry, FEW, KIB, on } from "./make.ts";

const OPTIONS = { ...FEW, group: "fanout" } as const;
const QUIET = { ...OPTIONS, quick: null } as const;
const SERVERS: readonly Entry[] = byPlace(
  on("ours-topics"),
  on("ours-loop"),
  on("fanout"),
  [["bun", "fanout-topics"]],
);
const load = (connections: number, inFlight: number, bytes: number): Load => ({
  mode: "fanout",
  connections,
  inFlight,
  bytes,
  isText: true,
});

/** The batches of the group `fanout`. */
export const FANOUT_BATCHES: readonly Batch[] = [
  batch("fanout-1", "64 B to 1,000, one at a time", load(1_000, 1, 64), SERVERS, OPTIONS),
  batch("fanout-8", "64 B to 1,000, 8 at a time", load(1_000, 8, 64), SERVERS, QUIET),
  batch("fanout-1KiB", "1 KiB to 1,000, one at a time", load(1_000, 1, KIB), SERVERS, QUIET),
  batch("fanout-16KiB", "16 KiB to 100, one at a time", load(100, 1, 16 * KIB), SERVERS, QUIET),
];
