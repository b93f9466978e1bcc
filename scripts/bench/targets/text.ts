/**
 * Targets of text messages, judged by processor time: with large messages the load is the limit.
 *
 * @module
 */
import type { Content } from "../workloads.ts";
import { all, type Target } from "./make.ts";

const GROUP = "text, by CPU time";
const TITLES: Readonly<Record<Content, string>> = {
  ascii: "ASCII",
  mixed: "mixed",
  cjk: "CJK",
  emoji: "emoji",
};
/** The batches, and the characters for which there is a target. */
const ROWS = [
  ["text-64B", "64 B, 32 × 32", []],
  ["text-64x1", "1 KiB, 64 × 1", ["ascii", "mixed"]],
  ["text-1KiB", "1 KiB, 32 × 8", ["ascii", "mixed"]],
  ["text-16KiB", "16 KiB, 16 × 2", []],
  ["text-64KiB", "64 KiB, 8 × 2", ["ascii", "mixed"]],
] as const;
/** `text-64x1` has no others. */
const FEW: readonly Content[] = ["ascii", "mixed"];
const ALL: readonly Content[] = ["ascii", "mixed", "cjk", "emoji"];

function row(
  [batch, load, judged]: (typeof ROWS)[number],
  content: Content,
): readonly Target[] {
  const isJudged = (judged as readonly Content[]).includes(content);
  const target = {
    group: GROUP,
    title: `${TITLES[content]}, ${load}`,
    quantity: "perCpuSecond",
    ours: { batch, server: "ours", variant: content },
    theirs: { batch, server: "stringPeer", variant: content },
    bound: "least",
    isPictured: content === "ascii" && batch !== "text-64x1" && isJudged,
    by: all(isJudged ? 1 : null),
  } as const;
  const ofBuffers = {
    ...target,
    title: `${target.title}, of \`ws\` that passes a Buffer on`,
    theirs: { batch, server: "ws", variant: content },
    isPictured: false,
    by: { node: isJudged ? 0.8 : null },
  } as const;
  return isJudged ? [target, ofBuffers] : [target];
}

/** One row for each size and kind of text; a second one for `ws`, whose handlers get a Buffer. */
export const TEXT_TARGETS: readonly Target[] = ROWS.flatMap((each) =>
  (each[0] === "text-64x1" ? FEW : ALL).flatMap((content) => row(each, content))
);
