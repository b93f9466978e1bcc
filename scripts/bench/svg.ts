/**
 * The picture of the targets: one bar per runtime and row, on a scale where twice as much is
 * the same length everywhere. It brings its own page, light or dark as the reader's system
 * is: an image does not know the colours around it.
 *
 * @module
 */
import { type Column, COLUMNS } from "./servers.ts";
import { digits } from "./table.ts";
import type { JudgedRow, Verdict } from "./judge.ts";

const WIDTH = 880, LABELS = 315, RIGHT = 150, TOP = 64, BAR = 11, ROW = 3 * BAR + 13, BOTTOM = 34;
const LEAST = 1 / 8, MOST = 32;
const TICKS = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32];
const NAMES: Readonly<Record<Column, string>> = {
  node: "Node / ws",
  deno: "Deno / native",
  bun: "Bun / native",
};
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 11px } .title { font-size: 15px; font-weight: 600 } .quiet { fill: #59636e }
  .page { fill: #ffffff } .grid { stroke: #d1d9e0 } .parity { stroke: #59636e; stroke-width: 1.5 }
  .target { stroke: #1f2328; stroke-width: 2 } .missed { opacity: .4 }
  .node { fill: #2da44e } .deno { fill: #0969da } .bun { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #f0f6fc } .quiet { fill: #9198a1 } .grid { stroke: #3d444d }
    .parity { stroke: #9198a1 } .target { stroke: #f0f6fc }
    .node { fill: #3fb950 } .deno { fill: #58a6ff } .bun { fill: #ff9b5e }
  }`;

/** Text inside an element. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Where a ratio lies; what is beyond the scale lies at its end. */
function position(ratio: number): number {
  const share = Math.log2(ratio / LEAST) / Math.log2(MOST / LEAST);
  return LABELS + Math.min(1, Math.max(0, share)) * (WIDTH - LABELS - RIGHT);
}

const at = (value: number) => value.toFixed(1);

function bar(verdict: Verdict, column: Column, y: number): string {
  const { ratio: { median }, target, bound, isMet } = verdict;
  const [from, to] = [position(1), position(median)].toSorted((a, b) => a - b);
  const mark = at(position(target ?? median));
  const sign = bound === "least" ? "≥" : "≤";
  const mood = target === null ? "" : isMet ? "✓" : `(target ${sign} ${target})`;
  const end = `${digits(median)} ${mood}`;
  const box = `x="${at(from!)}" y="${at(y)}" height="${BAR - 2}"`;
  const width = Math.max(1, to! - from!);
  const tick = `x1="${mark}" x2="${mark}" y1="${at(y - 1)}" y2="${at(y + BAR - 1)}"`;
  const text = `x="${at(Math.max(to!, Number(mark)) + 6)}" y="${at(y + BAR - 2)}"`;
  return `<rect class="${column}${isMet ? "" : " missed"}" ${box} width="${at(width)}"/>` +
    (target === null ? "" : `<line class="target" ${tick}/>`) +
    `<text class="small" ${text}>${end}</text>`;
}

function row({ title, verdicts }: JudgedRow, y: number): string {
  const isLess = COLUMNS.some((column) => verdicts[column]?.bound === "most");
  const bars = COLUMNS.map((column, i) => {
    const verdict = verdicts[column];
    return verdict === null ? "" : bar(verdict, column, y + i * BAR);
  });
  const label = (text: string, y: number, kind: string) =>
    `<text class="${kind}" x="${LABELS - 12}" y="${at(y)}" text-anchor="end">${text}</text>`;
  const middle = y + 1.5 * BAR + 3;
  return [
    label(escapeXml(title.replaceAll("`", "")), middle, "label"),
    ...isLess ? [label("less is better", middle + 13, "small quiet")] : [],
    ...bars.filter(Boolean),
  ].join("\n");
}

function grid(bottom: number): string {
  return TICKS.map((tick) => {
    const x = at(position(tick));
    const label = tick < 1 ? `1/${1 / tick}` : String(tick);
    const kind = tick === 1 ? "parity" : "grid";
    return `<line class="${kind}" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}"/>` +
      `<text class="small quiet" x="${x}" y="${bottom + 16}" text-anchor="middle">${label}</text>`;
  }).join("\n");
}

function legend(): string {
  return COLUMNS.map((column, i) => {
    const x = LABELS + i * 120;
    return `<rect class="${column}" x="${x}" y="34" width="10" height="10"/>` +
      `<text class="small" x="${x + 15}" y="43">${NAMES[column]}</text>`;
  }).join("\n") +
    `<text class="small quiet" x="${LABELS + 360}" y="43">| target; pale: missed</text>`;
}

/** The whole picture; `caption` is its last line. */
export function drawTargets(rows: readonly JudgedRow[], caption: string): string {
  const bottom = TOP + rows.length * ROW;
  const height = bottom + BOTTOM + 16;
  const title = "Ours, as a ratio to the peer in the same run";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${title}</title>
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${height}" rx="6"/>
<text class="title" x="12" y="22">${title}</text>
${legend()}
${grid(bottom)}
${rows.map((each, i) => row(each, TOP + i * ROW)).join("\n")}
<text class="small quiet" x="12" y="${height - 6}">${escapeXml(caption)}</text>
</svg>
`;
}
