/**
 * The results as tables in Markdown.
 *
 * @module
 */
import {
  isDisturbed,
  isLoadLimited,
  type Quantity,
  type Results,
  type Sample,
  series,
} from "./samples.ts";
import { COLUMNS } from "./servers.ts";
import { isNoise, spread } from "./statistics.ts";
import { isBeyondRaw, type JudgedRow, type Verdict } from "./judge.ts";
import { type Batch, type Cell, cellId, IS_BUSY, type Load } from "./workloads.ts";

type Row = readonly string[];

/** A table of Markdown; all columns but the first are numbers. */
export function markdownTable([head = [], ...rows]: readonly Row[]): string {
  const all = [head, ...rows];
  const width = head.map((_, i) => Math.max(4, ...all.map((row) => [...row[i] ?? ""].length)));
  const pad = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(width[i]!) : cell.padStart(width[i]!);
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  const rule = width.map((size, i) => i === 0 ? "-".repeat(size) : `${"-".repeat(size - 1)}:`);
  return [line(head.map(pad)), line(rule), ...rows.map((row) => line(row.map(pad)))].join("\n");
}

/** Three digits that count, and thousands as such. */
export function digits(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)} k`;
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/**
 * `1.23 (1.20–1.30), CPU 1.21, met ≥ 1.15`; where some rounds say another thing than the median,
 * `met in 2 of 3`; where they are too far apart, `noise`. A target that a server that only echoes
 * bytes misses, too, is told as such, with the ratio to that server.
 */
export function verdictCell(verdict: Verdict | null): string {
  if (verdict === null) return "";
  const { ratio, cpuRatio, rounds, agreeing } = verdict;
  const words = [`${digits(ratio.median)} (${digits(ratio.least)}–${digits(ratio.most)})`];
  if (cpuRatio !== null) words.push(`CPU ${digits(cpuRatio.median)}`);
  if (isNoise(ratio)) words.push("noise");
  if (!verdict.isMet && verdict.raw !== null && isBeyondRaw(verdict)) {
    const { ofRaw, limit } = verdict.raw;
    words.push(`${digits(ofRaw.median)} of raw`);
    words.push(`≥ ${verdict.target} is beyond raw (${digits(limit.median)})`);
  } else if (verdict.target !== null) {
    const word = verdict.isMet ? "met" : "**missed**";
    const share = agreeing === rounds ? "" : ` in ${agreeing} of ${rounds}`;
    words.push(`${word}${share} ${verdict.bound === "least" ? "≥" : "≤"} ${verdict.target}`);
  }
  return words.join(", ");
}

function groupTable(rows: readonly JudgedRow[], group: string): string {
  return markdownTable([
    [group, "Node / `ws`", "Deno / native", "Bun / native"],
    ...rows.map(({ title, verdicts }) => [
      title,
      ...COLUMNS.map((column) => verdictCell(verdicts[column])),
    ]),
  ]);
}

/** The targets, one table for each group. */
export function targetsTable(rows: readonly JudgedRow[]): string {
  const groups = [...new Set(rows.map(({ group }) => group))];
  return groups.map((name) => groupTable(rows.filter(({ group }) => group === name), name))
    .join("\n\n");
}

function spreadCell(samples: readonly Sample[], quantity: Quantity): string {
  const found = spread(series(samples, quantity));
  if (found === null) return "";
  return `${digits(found.median)} (${digits(found.least)}–${digits(found.most)})`;
}

const median = (samples: readonly Sample[], quantity: Quantity): string => {
  const found = spread(series(samples, quantity));
  return found === null ? "" : digits(found.median);
};

function limitOf(samples: readonly Sample[]): string {
  if (samples.filter(isDisturbed).length * 2 > samples.length) return "disturbed";
  return isLoadLimited(samples) ? "load-limited" : "";
}

/** Columns of a load besides its rate and its time. */
function extraCell({ mode, deflate }: Load, samples: readonly Sample[]): string {
  if (mode === "keepalive") {
    const [kib, us] = (["kibPerConnection", "idleUsPerSecond"] as const).map((quantity) =>
      spreadCell(samples, quantity)
    );
    return `${kib} KiB, ${us} µs/s, ${median(samples, "pings")} pings`;
  }
  if (mode === "idle") return `${spreadCell(samples, "kibPerConnection")} KiB`;
  if (deflate !== undefined) return `${median(samples, "wireBytes")} B on the wire`;
  const latency = (["p50", "p99", "p999"] as const).map((each) => median(samples, each));
  const text = latency.every((each) => each === "") ? "" : latency.join(" / ");
  return mode === "fanout" ? `${text}; ${spreadCell(samples, "mib")} MiB` : text;
}

function cellRow(cell: Cell, samples: readonly Sample[]): Row {
  const { place, server, variant, load } = cell;
  const name = [place === "other" ? "" : place, server, variant].filter(Boolean).join(" ");
  const isIdle = load.mode === "keepalive";
  const busy = (quantity: "serverBusy" | "loadBusy") => {
    const found = spread(series(samples, quantity));
    return found === null ? "" : `${(found.median * 100).toFixed(0)} %`;
  };
  return [
    name,
    isIdle ? "" : spreadCell(samples, "perSecond"),
    isIdle ? "" : median(samples, "cpuUs"),
    busy("serverBusy"),
    busy("loadBusy"),
    IS_BUSY[load.mode] ? limitOf(samples) : "",
    extraCell(load, samples),
  ];
}

/** All cells of a batch that were measured. */
export function batchTable({ title, cells }: Batch, results: Results): string {
  const rows = cells.flatMap((cell) => {
    const samples = results[cellId(cell)];
    return samples === undefined ? [] : [cellRow(cell, samples)];
  });
  const head = [
    title,
    "per second",
    "server µs each",
    "server",
    "load",
    "limit",
    "µs p50 / p99 / p99.9, or memory",
  ];
  return markdownTable([head, ...rows]);
}
