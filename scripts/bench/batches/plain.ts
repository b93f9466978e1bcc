/**
 * Binary messages over plain TCP, memory, handshakes, compression, clients, and growth.
 *
 * @module
 */
import { COLUMNS } from "../servers.ts";
import type { Batch } from "../workloads.ts";
import {
  batch,
  byPlace,
  echo,
  type Entry,
  FEW,
  KIB,
  MIB,
  on,
  OURS_AND_PEERS,
  RAW,
  TCP,
} from "./make.ts";

const COMPILED: readonly Entry[] = [["other", "go"], ["other", "rust"]];
const SESSIONS = on("ours-session");
const OTHERS: readonly Entry[] = [["node", "ws+bufferutil"], ...on("crossws")];
/** The faces, and `ws` where it is not measured anyway. (On Bun `ws` is a part of Bun.) */
const FACES: readonly Entry[] = [
  ...on("face-ws"),
  ...on("face-hooks"),
  ["deno", "ws"],
  ["bun", "ws"],
];
const TEXT = { isText: true, variant: "text" };
const TEXTS: readonly Entry[] = OURS_AND_PEERS.map(([place, server]) => [place, server, TEXT]);
const NO_TAKEOVER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
const TAKEOVER = { deflate: "permessage-deflate; client_max_window_bits", variant: "takeover" };

/** Messages of one size to the next, with as much in flight as keeps a server busy. */
const SIZES = [
  [KIB, "1KiB", 32],
  [16 * KIB, "16KiB", 8],
  [64 * KIB, "64KiB", 4],
  [MIB, "1MiB", 4],
  [16 * MIB, "16MiB", 2],
] as const;
const CHUNKS = [
  [64 * KIB, 64 * KIB, "whole"],
  [64 * KIB, 1400, "1400-byte"],
  [64 * KIB, 1, "1-byte"],
  [4 * KIB, 1, "1-byte-of-4KiB"],
] as const;

/** The batches, in the order in which they are run. */
export const PLAIN_BATCHES: readonly Batch[] = [
  batch(
    "64x1",
    "64 B, 64 × 1",
    echo(64, 1, 64),
    byPlace(OURS_AND_PEERS, RAW, SESSIONS, OTHERS, FACES, TEXTS, COMPILED),
  ),
  batch(
    "32x32",
    "64 B, 32 × 32",
    echo(32, 32, 64),
    byPlace(OURS_AND_PEERS, RAW, SESSIONS, OTHERS, FACES, TEXTS, COMPILED),
  ),
  batch("1KiB", "1 KiB, 64 × 1", echo(64, 1, KIB), byPlace(OURS_AND_PEERS, COMPILED)),
  batch(
    "64KiB",
    "64 KiB, 8 × 2",
    echo(8, 2, 64 * KIB),
    byPlace(OURS_AND_PEERS, RAW, [["node", "ws+bufferutil"]], COMPILED),
  ),
  batch(
    "1MiB",
    "1 MiB, 4 × 1",
    echo(4, 1, MIB),
    byPlace(OURS_AND_PEERS, RAW, [["node", "ws+bufferutil"]], COMPILED),
  ),
  batch(
    "16MiB",
    "16 MiB, 2 × 1",
    echo(2, 1, 16 * MIB),
    byPlace(on("ours-large"), OURS_AND_PEERS.filter(([, server]) => server !== "ours")),
    FEW,
  ),
  batch(
    "idle",
    "KiB per idle connection",
    { mode: "idle", connections: 10_000, inFlight: 1, bytes: 64 },
    byPlace(
      OURS_AND_PEERS,
      on("ours").map(([place, server]) => [
        place,
        server,
        { hasMessage: true, variant: "after-a-message" },
      ]),
      COMPILED,
    ),
    FEW,
  ),
  batch(
    "handshakes",
    "handshakes per second",
    { mode: "handshakes", connections: 4_000, inFlight: 1, bytes: 64 },
    byPlace(OURS_AND_PEERS, on("crossws"), COMPILED),
  ),
  batch(
    "compressed",
    "1 KiB of JSON, compressed, 32 × 4",
    { ...echo(32, 4, KIB), isText: true, deflate: NO_TAKEOVER },
    [
      ["node", "ours-deflate"],
      ["node", "ws-deflate"],
      ["node", "ours-deflate", TAKEOVER],
      ["node", "ws-deflate", TAKEOVER],
      ["deno", "ours-deflate"],
      ["deno", "ours-deflate", TAKEOVER],
      ["bun", "ours-deflate"],
      ["bun", "native-bun-deflate"],
      ["bun", "ours-deflate", TAKEOVER],
    ],
  ),
  ...([["client", 64, 1], ["client-32x32", 32, 32]] as const).map(([name, connections, inFlight]) =>
    batch(
      name,
      `client, 64 B, ${connections} × ${inFlight}`,
      { mode: "client", connections, inFlight, bytes: 64 },
      byPlace(on("client-ours"), on("client-face"), on("client-native"), [["node", "client-ws"]]),
      FEW,
    )
  ),
  batch(
    "connections",
    "growth with connections",
    echo(1, 1, 64),
    byPlace(
      COLUMNS.flatMap((place) =>
        [1, 100, 10_000].map((connections) =>
          [place, "ours", { connections, variant: String(connections) }] as const
        )
      ),
      // How much of it is the system's and the runtime's own.
      RAW.flatMap(([place, server]) =>
        [100, 10_000].map((connections) =>
          [place, server, { ...TCP, connections, variant: String(connections) }] as const
        )
      ),
    ),
    FEW,
  ),
  batch(
    "sizes",
    "growth with the size of messages",
    echo(4, 1, KIB),
    COLUMNS.flatMap((place) =>
      SIZES.map(([bytes, variant, connections]) =>
        [place, "ours-large", { bytes, variant, connections }] as const
      )
    ),
    FEW,
  ),
  batch(
    "chunks",
    "the same bytes in other chunks",
    echo(4, 1, 64 * KIB),
    COLUMNS.flatMap((place) =>
      CHUNKS.map(([bytes, chunk, variant]) => [place, "ours", { bytes, chunk, variant }] as const)
    ),
    FEW,
  ),
];
