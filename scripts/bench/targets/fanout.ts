/**
 * Fan-out, compared with a loop over the clients of `ws` and of Deno's own, and with topics of
 * Bun's own.
 *
 * @module
 */
import { all, type Target } from "./make.ts";

const GROUP = "fan-out";
const LOADS = [
  ["fanout-1", "64 B to 1,000, one at a time"],
  ["fanout-8", "64 B to 1,000, 8 at a time"],
  ["fanout-1KiB", "1 KiB to 1,000, one at a time"],
  ["fanout-16KiB", "16 KiB to 100, one at a time"],
] as const;

function row(server: "ours-topics" | "ours-loop", [batch, title]: (typeof LOADS)[number]): Target {
  return {
    group: GROUP,
    title: `${server === "ours-topics" ? "topics" : "a loop"}, ${title}`,
    quantity: "perSecond",
    ours: { batch, server },
    theirs: { batch, server: server === "ours-topics" ? "fanoutPeer" : "fanout" },
    bound: "least",
    isPictured: false,
    by: all(null),
  };
}

/**
 * Deliveries a second, by topics and by a loop, and the memory of a server that has sent to 1,000.
 */
export const FANOUT_TARGETS: readonly Target[] = [
  ...LOADS.map((load) => row("ours-topics", load)),
  ...LOADS.map((load) => row("ours-loop", load)),
  {
    ...row("ours-loop", LOADS[2]),
    title: "MiB of a server that sends to 1,000",
    quantity: "mib",
    bound: "most",
    by: all(1),
  },
];
