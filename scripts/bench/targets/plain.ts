/**
 * Targets of binary messages over plain TCP, memory, handshakes, compression, and growth.
 *
 * @module
 */
import type { Quantity } from "../samples.ts";
import type { ServerName } from "../servers.ts";
import { all, type Target } from "./make.ts";

const GROUP = "plain TCP";

/** Batches in which there is a server that echoes bytes. */
const WITH_RAW = ["64x1", "32x32", "64KiB", "1MiB"];

/** Ours against the peer in one batch. */
function against(batch: string, title: string, by: Target["by"]): Target {
  const ours = { batch, server: batch === "16MiB" ? "ours-large" : "ours" } as const;
  const theirs = { batch, server: "peer" } as const;
  const raw = WITH_RAW.includes(batch) ? { raw: { batch, server: "rawPeer" } as const } : {};
  return { group: GROUP, title, quantity: "perSecond", ours, theirs, ...raw, bound: "least", by };
}

function session(batch: string, title: string, least: number): Target {
  return {
    group: GROUP,
    title: `session style of message style, ${title}`,
    quantity: "perSecond",
    ours: { batch, server: "ours-session" },
    theirs: { batch, server: "ours" },
    bound: "least",
    by: all(least),
  };
}

/** A face against the package that it stands for. */
function face(
  [server, original]: readonly [ServerName, ServerName],
  batch: string,
  title: string,
  by: Target["by"],
): Target {
  return {
    group: GROUP,
    title,
    quantity: "perSecond",
    ours: { batch, server },
    theirs: { batch, server: original },
    bound: "least",
    by,
  };
}

/** Two loads of our own server: growth. */
function growth(
  title: string,
  batch: string,
  [variant, than]: readonly [string, string],
  { most, quantity, server }: { most: number; quantity: Quantity; server: ServerName },
): Target {
  return {
    group: GROUP,
    title,
    quantity,
    ours: { batch, server, variant },
    theirs: { batch, server, variant: than },
    bound: "most",
    by: all(most),
  };
}

const perByte = { quantity: "cpuNsPerByte", most: 1.2 } as const;

/** One row for each workload. */
export const PLAIN_TARGETS: readonly Target[] = [
  against("64x1", "64 B, 64 × 1", { node: 1.15, deno: 1.15, bun: 1 }),
  against("32x32", "64 B, 32 × 32", { node: 18, deno: 15, bun: 1 }),
  against("64KiB", "64 KiB, 8 × 2", all(1.3)),
  against("1MiB", "1 MiB, 4 × 1", { node: 1.1, deno: 1.4, bun: 1.05 }),
  {
    ...against("idle", "KiB per idle connection", { node: 0.6, deno: 0.4, bun: 1.1 }),
    quantity: "kibPerConnection",
    bound: "most",
  },
  against("handshakes", "handshakes/s", { node: 1.2, deno: 1.1, bun: 0.9 }),
  {
    group: GROUP,
    title: "text of binary, 64 B ASCII, 32 × 32",
    quantity: "perSecond",
    ours: { batch: "32x32", server: "ours", variant: "text" },
    theirs: { batch: "32x32", server: "ours" },
    bound: "least",
    by: all(0.85),
  },
  face(["face-ws", "ws"], "64x1", "`./ws` of `ws`, 64 × 1", all(1)),
  face(["face-ws", "ws"], "32x32", "`./ws` of `ws`, 32 × 32", all(5)),
  face(["face-hooks", "crossws"], "64x1", "`./hooks` of crossws, 64 × 1", all(1)),
  face(["face-hooks", "crossws"], "32x32", "`./hooks` of crossws, 32 × 32", all(1)),
  face(["client-face", "client-native"], "client", "`./websocket` of the class, 64 × 1", all(1)),
  face(
    ["client-face", "client-native"],
    "client-32x32",
    "`./websocket` of the class, 32 × 32",
    all(1),
  ),
  session("64x1", "64 × 1", 0.95),
  session("32x32", "32 × 32", 0.5),
  {
    ...against("64x1", "of raw TCP, 64 × 1", { node: 0.92, deno: 0.92, bun: 0.95 }),
    theirs: { batch: "64x1", server: "raw" },
  },
  {
    // Deno has two kinds of sockets. The row above is about those of `node:net`, this one about
    // those that our server uses.
    ...against("64x1", "of raw TCP, 64 × 1, on `Deno.listen`", { deno: 0.92 }),
    theirs: { batch: "64x1", server: "raw-listen" },
  },
  {
    group: GROUP,
    title: "compressed 1 KiB JSON",
    quantity: "perSecond",
    ours: { batch: "compressed", server: "ours-deflate" },
    theirs: { batch: "compressed", server: "deflating" },
    bound: "least",
    by: { node: 1.5, bun: 0.8 },
  },
  growth("time per message, 10,000 of 100 connections", "connections", ["10000", "100"], {
    quantity: "cpuUs",
    most: 1.3,
    server: "ours",
  }),
  growth("time per byte, 1 MiB of 64 KiB", "sizes", ["1MiB", "64KiB"], {
    ...perByte,
    server: "ours-large",
  }),
  growth("time per byte, 16 MiB of 64 KiB", "sizes", ["16MiB", "64KiB"], {
    ...perByte,
    server: "ours-large",
  }),
  growth(
    "time per byte in 1-byte chunks, 64 KiB of 4 KiB",
    "chunks",
    ["1-byte", "1-byte-of-4KiB"],
    { ...perByte, server: "ours" },
  ),
];
