/**
 * Latency at a fixed rate of arrival: at so much of the peer's saturation, and the same rate for
 * ours. Each message counts from when it was to be sent, so that a server that is slow for a moment
 * is seen by all messages that were due then (coordinated omission is corrected).
 *
 * @module
 */
import { type Column, COLUMNS, type ServerName } from "../servers.ts";
import type { Batch, Load } from "../workloads.ts";
import { batch, echo, type Entry, FEW } from "./make.ts";

const PEER: Readonly<Record<Column, ServerName>> = {
  node: "ws",
  deno: "native-deno",
  bun: "native-bun",
};
/** Shares of the peer's saturation, in percent. */
const SHARES = [30, 70, 90] as const;
const LOAD: Load = { ...echo(64, 1, 64), mode: "paced" };

const entries = COLUMNS.flatMap((place) =>
  SHARES.flatMap((percent) =>
    (["ours", PEER[place]] as const).map((server): Entry => {
      const pace = { share: percent / 100, of: PEER[place] };
      return [place, server, { pace, variant: `at-${percent}` }];
    })
  )
);

/** The batch of the group `open-loop`. */
export const OPEN_LOOP_BATCHES: readonly Batch[] = [
  batch("open-loop", "64 B, 64 connections, at a share of the peer's saturation", LOAD, entries, {
    ...FEW,
    quick: "at-70",
  }),
];
