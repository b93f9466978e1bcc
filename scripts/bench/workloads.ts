/**
 * The types of measurements: a batch has cells that are run in turn, so that compared numbers come
 * from the same seconds.
 *
 * @module
 */
import type { Place, ServerName } from "./servers.ts";

/** Characters of text: letters alone, mostly letters, of three bytes each, of four bytes each. */
export type Content = "ascii" | "mixed" | "cjk" | "emoji";

/** The load on a server. */
export interface Load {
  readonly mode: "echo" | "paced" | "fanout" | "handshakes" | "idle" | "keepalive" | "client";
  readonly connections: number;
  readonly inFlight: number;
  /** Payload of one message. */
  readonly bytes: number;
  readonly isText?: boolean;
  /** The characters of the payload. Default: `ascii`. */
  readonly content?: Content;
  /** The server echoes TCP. */
  readonly isRaw?: boolean;
  /** Over TLS 1.3, with AES-128-GCM. */
  readonly isTls?: boolean;
  /** Bytes of each write. */
  readonly chunk?: number;
  /** Offers permessage-deflate, with these parameters, and sends 1 KiB of JSON compressed. */
  readonly deflate?: string;
  /** `paced`: at this share of what another server of the batch and the runtime can do. */
  readonly pace?: { readonly share: number; readonly of: ServerName };
  /** `idle`: one message on each connection before it is left alone. */
  readonly hasMessage?: boolean;
}

/** Whether a load asks for all that a server can do. */
export const IS_BUSY: Readonly<Record<Load["mode"], boolean>> = {
  echo: true,
  fanout: true,
  handshakes: true,
  client: true,
  paced: false,
  idle: false,
  keepalive: false,
};

/** One server under one load: one line of the results. */
export interface Cell {
  readonly batch: string;
  readonly place: Place;
  readonly server: ServerName;
  /** The difference to the server's other cells in the batch. */
  readonly variant?: string;
  readonly load: Load;
}

/** A batch: its name on the command line, its title in the tables, its cells. */
export interface Batch {
  readonly name: string;
  /** The word that selects it together with others. */
  readonly group: string;
  readonly title: string;
  readonly cells: readonly Cell[];
  /** No more than so many rounds: they take long, or differ little. */
  readonly rounds: number;
  /** The cells that a quick run takes, in the words of `--only`; `null` for none. */
  readonly quick: string | null;
}

/** The name of a cell in results and on the command line. */
export function cellId({ batch, place, server, variant }: Omit<Cell, "load">): string {
  return [place, batch, server, ...(variant === undefined ? [] : [variant])].join(" ");
}

/**
 * The cells that `only` asks for: alternatives between commas, each of words that must all be in
 * the cell's name, or be the group of its batch. `text,deno 64x1,bun 64x1 ours` is all batches of
 * text, both rows of Deno, and one of Bun.
 */
export function select(batches: readonly Batch[], only: string): readonly Batch[] {
  const alternatives = only.split(",").map((text) => text.trim().split(/\s+/).filter(Boolean));
  return batches.map((batch) => {
    const cells = batch.cells.filter((cell) => {
      const name = [...cellId(cell).split(" "), batch.group];
      return alternatives.some((words) => words.every((word) => name.includes(word)));
    });
    return { ...batch, cells };
  }).filter(({ cells }) => cells.length > 0);
}

/** The cells of a quick run, which only shows that each kind of load works. */
export function selectQuick(batches: readonly Batch[]): readonly Batch[] {
  return batches.flatMap((batch) => batch.quick === null ? [] : select([batch], batch.quick));
}
