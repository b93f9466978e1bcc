/**
 * The loads of plain TCP over TLS 1.3, as most servers run that no proxy stands in front of. All
 * servers have one certificate (P-256), and the load offers one cipher (AES-128-GCM).
 *
 * @module
 */
import type { Batch, Load } from "../workloads.ts";
import { batch, byPlace, echo, FEW, KIB, MIB, on, OURS_AND_PEERS, RAW } from "./make.ts";

const OPTIONS = { ...FEW, group: "tls" } as const;
const QUIET = { ...OPTIONS, quick: null } as const;
const tls = (load: Load): Load => ({ ...load, isTls: true });
const ALL = byPlace(OURS_AND_PEERS, RAW, on("crossws"));
const WITH_RAW = byPlace(OURS_AND_PEERS, RAW);

/** The batches of the group `tls`. */
export const TLS_BATCHES: readonly Batch[] = [
  batch("tls-64x1", "TLS, 64 B, 64 × 1", tls(echo(64, 1, 64)), ALL, OPTIONS),
  batch("tls-32x32", "TLS, 64 B, 32 × 32", tls(echo(32, 32, 64)), ALL, QUIET),
  batch(
    "tls-text",
    "TLS, 1 KiB of ASCII, 64 × 1",
    tls({ ...echo(64, 1, KIB), isText: true }),
    OURS_AND_PEERS,
    QUIET,
  ),
  batch("tls-64KiB", "TLS, 64 KiB, 8 × 2", tls(echo(8, 2, 64 * KIB)), WITH_RAW, QUIET),
  batch("tls-1MiB", "TLS, 1 MiB, 4 × 1", tls(echo(4, 1, MIB)), WITH_RAW, QUIET),
  batch(
    "tls-handshakes",
    "TLS, handshakes per second",
    tls({ mode: "handshakes", connections: 1_000, inFlight: 1, bytes: 64 }),
    ALL.filter(([, server]) => !server.startsWith("raw")),
    QUIET,
  ),
  batch(
    "tls-idle",
    "TLS, KiB per idle connection",
    tls({ mode: "idle", connections: 2_000, inFlight: 1, bytes: 64 }),
    OURS_AND_PEERS,
    QUIET,
  ),
];
