/**
 * Servers beside ordinary HTTP, compared with the runtime's own or `ws`, which stand there, too.
 *
 * @module
 */
import { all, type Target } from "./make.ts";

const GROUP = "beside HTTP";
const LOADS = [
  ["http-64x1", "64 B, 64 × 1"],
  ["http-32x32", "64 B, 32 × 32"],
  ["http-64KiB", "64 KiB, 8 × 2"],
  ["http-handshakes", "handshakes/s"],
] as const;
const SERVERS = [["ours-http", "`serve` with `fetch`"], ["mount", "`mount`"]] as const;

/** One row for each load, of `serve` with `fetch` and of `mount`. None has a target. */
export const HTTP_TARGETS: readonly Target[] = LOADS.flatMap(([batch, title]) =>
  SERVERS.map(([server, name]) => ({
    group: GROUP,
    title: `${name}, ${title}`,
    quantity: "perSecond",
    ours: { batch, server },
    theirs: { batch, server: "peer" },
    bound: "least",
    isPictured: false,
    by: all(null),
  }))
);
