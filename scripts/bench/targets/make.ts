/**
 * The types of targets, and pieces of which they are made.
 *
 * @module
 */
import type { Quantity } from "../samples.ts";
import type { Column, ServerName } from "../servers.ts";

/** Names that stand for another server on each runtime. */
export const PEERS = {
  peer: { node: "ws", deno: "native-deno", bun: "native-bun" },
  stringPeer: { node: "ws-string", deno: "native-deno", bun: "native-bun" },
  raw: { node: "raw", deno: "raw", bun: "raw-bun" },
  rawPeer: { node: "raw", deno: "raw-listen", bun: "raw-bun" },
  fanoutPeer: { node: "fanout", deno: "fanout", bun: "fanout-topics" },
  deflating: { node: "ws-deflate", deno: undefined, bun: "native-bun-deflate" },
} as const satisfies Record<string, Record<Column, ServerName | undefined>>;

/** A cell of any column: the servers differ by runtime where `PEERS` says so. */
export interface Side {
  readonly batch: string;
  readonly server: ServerName | keyof typeof PEERS;
  readonly variant?: string;
}

/** One row: a ratio that should be at least, or at most, so much on each runtime. */
export interface Target {
  /** The heading under which its row is shown. */
  readonly group: string;
  readonly title: string;
  readonly quantity: Quantity;
  readonly ours: Side;
  /** `null` if the target is no ratio, but the quantity itself. */
  readonly theirs: Side | null;
  /** A server that echoes bytes in the same batch: a target beyond it is out of reach. */
  readonly raw?: Side;
  readonly bound: "least" | "most";
  /** False for rows that the picture leaves out. Default: true. */
  readonly isPictured?: boolean;
  /** `null` where the ratio is only shown. */
  readonly by: Readonly<Partial<Record<Column, number | null>>>;
}

/** The same value on every runtime. */
export const all = <T>(value: T): Readonly<Record<Column, T>> => ({
  node: value,
  deno: value,
  bun: value,
});
