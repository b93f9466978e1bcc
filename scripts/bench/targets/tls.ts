/**
 * Targets over TLS. Large messages are judged by processor time: the load has to decrypt them, too.
 *
 * @module
 */
import type { Quantity } from "../samples.ts";
import { all, type Target } from "./make.ts";

const GROUP = "TLS";

function against(
  batch: string,
  title: string,
  by: Target["by"],
  quantity: Quantity = "perSecond",
): Target {
  return {
    group: GROUP,
    title,
    quantity,
    ours: { batch, server: "ours" },
    theirs: { batch, server: "peer" },
    raw: { batch, server: "rawPeer" },
    bound: "least",
    by,
  };
}

function ofRaw(batch: string, title: string): Target {
  return {
    ...against(batch, `of raw TLS by CPU time, ${title}`, all(null), "perCpuSecond"),
    theirs: { batch, server: "rawPeer" },
    isPictured: false,
  };
}

/** One row for each load. */
export const TLS_TARGETS: readonly Target[] = [
  against("tls-64x1", "64 B, 64 × 1", { node: 1.15, deno: 1, bun: 1 }),
  against("tls-32x32", "64 B, 32 × 32", { node: 2.5, deno: 8, bun: 1 }),
  against("tls-text", "1 KiB of ASCII, 64 × 1", all(null)),
  against("tls-64KiB", "64 KiB, 8 × 2", { node: 1.1, deno: 1.1, bun: 1.2 }),
  against(
    "tls-64KiB",
    "64 KiB, 8 × 2, by CPU time",
    { node: 1.1, deno: 1.1, bun: 1.2 },
    "perCpuSecond",
  ),
  against("tls-1MiB", "1 MiB, 4 × 1, by CPU time", all(null), "perCpuSecond"),
  against("tls-handshakes", "handshakes/s", all(1)),
  {
    ...against("tls-idle", "KiB per idle connection", all(null), "kibPerConnection"),
    bound: "most",
  },
  ofRaw("tls-64x1", "64 B, 64 × 1"),
  ofRaw("tls-64KiB", "64 KiB, 8 × 2"),
];
