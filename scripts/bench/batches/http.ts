/**
 * WebSockets beside ordinary HTTP: our server with `fetch`, and `mount` on the HTTP server that
 * each runtime has. (On Deno and Bun the WebSockets of a mount are the runtime's own.)
 *
 * @module
 */
import type { Batch } from "../workloads.ts";
import { batch, byPlace, echo, FEW, KIB, on, OURS_AND_PEERS } from "./make.ts";

const OPTIONS = { ...FEW, group: "http" } as const;
const QUIET = { ...OPTIONS, quick: null } as const;
const SERVERS = byPlace(OURS_AND_PEERS, on("ours-http"), on("mount"));

/** The batches of the group `http`. */
export const HTTP_BATCHES: readonly Batch[] = [
  batch("http-64x1", "beside HTTP, 64 B, 64 × 1", echo(64, 1, 64), SERVERS, {
    ...OPTIONS,
    quick: "ours-http,mount",
  }),
  batch("http-32x32", "beside HTTP, 64 B, 32 × 32", echo(32, 32, 64), SERVERS, QUIET),
  batch("http-64KiB", "beside HTTP, 64 KiB, 8 × 2", echo(8, 2, 64 * KIB), SERVERS, QUIET),
  batch(
    "http-handshakes",
    "beside HTTP, handshakes per second",
    { mode: "handshakes", connections: 4_000, inFlight: 1, bytes: 64 },
    SERVERS,
    QUIET,
  ),
];
