/**
 * Pieces of which batches are made: lists of servers, and loads.
 *
 * @module
 */
import { COLUMNS, type Place, type ServerName } from "../servers.ts";
import type { Batch, Load } from "../workloads.ts";

/** One server of a batch, and what its load has other than the batch's. */
export type Entry = readonly [
  Place,
  ServerName,
  (Partial<Load> & { readonly variant?: string })?,
];

/** Options of a batch besides its load and its servers. */
export interface BatchOptions {
  /** The word that selects it together with others on the command line. Default: `plain`. */
  readonly group?: string;
  /** No more than so many rounds. Default: as many as the run has. */
  readonly rounds?: number;
  /** The cells that a quick run takes, in the words of `--only`; `null` for none. Default: all. */
  readonly quick?: string | null;
}

/** A batch: all entries under one load. */
export function batch(
  name: string,
  title: string,
  load: Load,
  entries: readonly Entry[],
  { group = "plain", rounds = Infinity, quick = "" }: BatchOptions = {},
): Batch {
  const cells = entries.map(([place, server, { variant, ...changes } = {}]) => ({
    batch: name,
    place,
    server,
    ...(variant !== undefined && { variant }),
    load: { ...load, ...changes },
  }));
  return { name, group, title, cells, rounds, quick };
}

/** Bytes in a KiB, and in a MiB. */
export const KIB = 1024, MIB = 1024 * KIB;
/** The rounds of batches that take long, or whose rounds differ little. */
export const FEW = { rounds: 3 } as const;

/** One server on every runtime. */
export const on = (server: ServerName): Entry[] => COLUMNS.map((place) => [place, server]);

/** Ours, and what each runtime's users have otherwise. */
export const OURS_AND_PEERS: readonly Entry[] = [
  ["node", "ours"],
  ["node", "ws"],
  ["deno", "ours"],
  ["deno", "native-deno"],
  ["bun", "ours"],
  ["bun", "native-bun"],
];

/** The client of a server that echoes bytes. */
export const TCP = { isRaw: true };
/** The limit of what a server can do on each runtime's sockets. */
export const RAW: readonly Entry[] = [
  ["node", "raw", TCP],
  ["deno", "raw", TCP],
  ["deno", "raw-listen", TCP],
  ["bun", "raw-bun", TCP],
];

/** Orders entries by runtime: neighbours in the list are measured one after the other. */
export const byPlace = (...entries: readonly (readonly Entry[])[]): readonly Entry[] =>
  [...COLUMNS, "other"].flatMap((place) => entries.flat().filter((entry) => entry[0] === place));

/** The same entries with changes to their load, or a variant to tell them from others. */
export const each = (
  entries: readonly Entry[],
  changes: NonNullable<Entry[2]>,
): readonly Entry[] =>
  entries.map(([place, server, own]) => [place, server, { ...own, ...changes }]);

/** So many messages in flight on each connection, each answered by the next. */
export const echo = (connections: number, inFlight: number, bytes: number): Load => ({
  mode: "echo",
  connections,
  inFlight,
  bytes,
});
