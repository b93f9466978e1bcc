/**
 * Text messages by their size and by the characters that are in them: what a server decodes, hands
 * to its handler as a string, and encodes again.
 *
 * @module
 */
import type { Batch, Content } from "../workloads.ts";
import { batch, byPlace, each, echo, type Entry, FEW, KIB, OURS_AND_PEERS } from "./make.ts";

/** On Node `ws` gives its handlers a Buffer: one handler passes it on, and one wants a string. */
const SERVERS: readonly Entry[] = byPlace(OURS_AND_PEERS, [["node", "ws-string"]]);
const CONTENTS: readonly Content[] = ["ascii", "mixed", "cjk", "emoji"];
const SIZES = [
  ["text-64B", "64 B of text, 32 × 32", echo(32, 32, 64)],
  ["text-1KiB", "1 KiB of text, 32 × 8", echo(32, 8, KIB)],
  ["text-16KiB", "16 KiB of text, 16 × 2", echo(16, 2, 16 * KIB)],
  ["text-64KiB", "64 KiB of text, 8 × 2", echo(8, 2, 64 * KIB)],
] as const;
const OPTIONS = { ...FEW, group: "text" } as const;

const asText = (...contents: readonly Content[]): readonly Entry[] =>
  byPlace(...contents.map((content) => each(SERVERS, { isText: true, content, variant: content })));

/** The batches of the group `text`. */
export const TEXT_BATCHES: readonly Batch[] = [
  batch("text-64x1", "1 KiB of text, 64 × 1", echo(64, 1, KIB), asText("ascii", "mixed"), {
    ...OPTIONS,
    quick: null,
  }),
  ...SIZES.map(([name, title, load]) => {
    const quick = name === "text-64KiB" ? "mixed" : null;
    return batch(name, title, load, asText(...CONTENTS), { ...OPTIONS, quick });
  }),
];
