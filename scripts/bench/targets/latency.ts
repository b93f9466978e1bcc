/**
 * Targets of latency at a fixed rate of arrival, and of idle connections.
 *
 * @module
 */
import type { Quantity } from "../samples.ts";
import { all, type Target } from "./make.ts";

const SHARES = ["30", "70", "90"] as const;
const QUANTITIES = [["p50", "p50"], ["p99", "p99"], ["p999", "p99.9"]] as const;

function openLoop(share: (typeof SHARES)[number], [quantity, name]: (typeof QUANTITIES)[number]) {
  const isJudged = share === "70" && quantity === "p99";
  const batch = "open-loop", variant = `at-${share}`;
  return {
    group: "latency in an open loop",
    title: `${name} at ${share} % of the peer's saturation`,
    quantity,
    ours: { batch, server: "ours", variant },
    theirs: { batch, server: "peer", variant },
    bound: "most",
    isPictured: isJudged,
    by: isJudged ? { node: 0.7, deno: 0.7, bun: 1 } : all(null),
  } as const satisfies Target;
}

function idle(batch: string, count: string): readonly Target[] {
  const target = {
    group: "idle connections with keepalive (ping after 20 s)",
    title: `CPU µs a second for each of ${count}`,
    quantity: "idleUsPerSecond" as Quantity,
    ours: { batch, server: "ours" },
    theirs: null,
    bound: "most",
    isPictured: false,
    by: all(1.5),
  } as const satisfies Target;
  const ofPeer = { batch, server: "keepalive" } as const;
  const title = `of the peer's, ${count}`;
  return [
    target,
    { ...target, title: `CPU ${title}`, theirs: ofPeer, by: all(null) },
    { ...target, title: `KiB each of ${count}`, quantity: "kibPerConnection", by: all(null) },
    {
      ...target,
      title: `KiB ${title}`,
      quantity: "kibPerConnection",
      theirs: ofPeer,
      by: all(null),
    },
  ];
}

/** One row for each share and percentile. */
export const OPEN_LOOP_TARGETS: readonly Target[] = SHARES.flatMap((share) =>
  QUANTITIES.map((quantity) => openLoop(share, quantity))
);

/** Rows that are no ratio, but µs and KiB, and the ratios. */
export const IDLE_TARGETS: readonly Target[] = [
  ...idle("keepalive-10k", "10,000"),
  ...idle("keepalive-19k", "19,000"),
  ...idle("keepalive-50k", "50,000"),
];
