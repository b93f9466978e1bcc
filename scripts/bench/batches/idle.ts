/**
 * Connections that do nothing but answer pings: processor time and memory for each. Ours and the
 * others send a ping after 20 s without traffic, which is our default. The time of one such
 * interval is measured: the second, because the code of the first pings is not compiled yet, which
 * makes them two to four times as dear (24, 13 and 6 µs a ping on Bun). 19,000 fit below the 20,000
 * open files that many systems allow a process; 50,000 are left out there.
 *
 * @module
 */
import type { Batch, Load } from "../workloads.ts";
import { batch, byPlace, on } from "./make.ts";

const SERVERS = byPlace(on("ours"), on("keepalive"));
const load = (connections: number): Load => ({
  mode: "keepalive",
  connections,
  inFlight: 1,
  bytes: 64,
});

/** The batches of the group `keepalive`. */
export const IDLE_BATCHES: readonly Batch[] = ([
  [10_000, "keepalive-10k", "10,000"],
  [19_000, "keepalive-19k", "19,000"],
  [50_000, "keepalive-50k", "50,000"],
] as const).map(([connections, name, count]) =>
  batch(name, `${count} idle connections with keepalive`, load(connections), SERVERS, {
    group: "keepalive",
    rounds: 2,
    quick: connections === 10_000 ? "" : null,
  })
);
