/**
 * The results of a run: a record, and from it the tables in `docs/bench.md` and the picture.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "../lib/runtimes.ts";
import { BATCHES } from "./batches/mod.ts";
import { isDisturbed, type Results } from "./samples.ts";
import { type Cell, cellId, IS_BUSY } from "./workloads.ts";
import { drawTargets } from "./svg.ts";
import { targetsTable } from "./table.ts";
import { COLUMNS } from "./servers.ts";
import { judgeAll, type JudgedRow } from "./judge.ts";
import { TARGETS } from "./targets/mod.ts";

/** When and where something was measured. */
export interface Origin {
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
}

/** One run, as it is kept in `.cache/bench`. */
export interface RunRecord extends Origin {
  readonly rounds: number;
  readonly results: Results;
  /** Of cells that come from earlier runs, by their names. */
  readonly origins?: Readonly<Record<string, Origin>>;
}

/** The origin of one cell. */
function originOf(id: string, record: Omit<RunRecord, "rounds">): Origin {
  const { date, machine, versions } = record.origins?.[id] ?? record;
  return { date, machine, versions };
}

/**
 * An earlier record with the rows of a later one. Rows that only the earlier one has keep their
 * date.
 */
export function mergeRecords(earlier: RunRecord, later: RunRecord): RunRecord {
  const kept = Object.keys(earlier.results).filter((id) => !(id in later.results));
  const origins = Object.fromEntries(kept.map((id) => [id, originOf(id, earlier)]));
  return { ...later, results: { ...earlier.results, ...later.results }, origins };
}

const PICTURE = "docs/bench.svg", PAGE = "docs/bench.md";
const END = "<!-- bench: end -->";

/** The line of the page after which the table of a group is. */
export function beginOf(group: string): string {
  return `<!-- bench: ${group}, written by \`deno task bench\` -->`;
}

/** Puts `section` between the markers of a group in `text`. */
export function replaceSection(text: string, group: string, section: string): string {
  const marker = beginOf(group), begin = text.indexOf(marker), end = text.indexOf(END, begin);
  if (begin < 0 || end < begin) throw new Error(`no "${marker}" with its end`);
  return `${text.slice(0, begin)}${marker}\n\n${section}\n\n${text.slice(end)}`;
}

/** The cells of a group that were measured. */
function cellsOf(group: string, results: Results): readonly Cell[] {
  const names = new Set(
    TARGETS.filter((target) => target.group === group).map(({ ours: { batch } }) => batch),
  );
  const cells = BATCHES.filter(({ name }) => names.has(name)).flatMap(({ cells }) => cells);
  return cells.filter((cell) => cellId(cell) in results);
}

/** The origins of cells, that of most cells first, and how many cells each has. */
function originsOf(
  cells: readonly Cell[],
  record: Omit<RunRecord, "rounds">,
): readonly { readonly origin: Origin; readonly count: number }[] {
  const found = new Map<string, { readonly origin: Origin; readonly count: number }>();
  for (const cell of cells) {
    const origin = originOf(cellId(cell), record), key = JSON.stringify(origin);
    found.set(key, { origin, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

/** How many rounds of servers other programs have disturbed; empty if none. */
function tellDisturbed(cells: readonly Cell[], results: Results): string {
  const samples = cells.filter(({ load }) => IS_BUSY[load.mode])
    .flatMap((cell) => results[cellId(cell)] ?? []);
  const count = samples.filter(isDisturbed).length;
  if (count === 0) return "";
  return ` Other programs disturbed ${count} of ${samples.length} rounds of single servers.`;
}

/** The section of `docs/bench.md` for one group: its table, and when and where it was measured. */
export function groupSection(
  rows: readonly JudgedRow[],
  record: Omit<RunRecord, "rounds">,
): string {
  const counts = rows.flatMap(({ verdicts }) => COLUMNS.map((column) => verdicts[column]?.rounds));
  const known = counts.filter((count) => count !== undefined);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const rounds = least === most ? `${least}` : `${least} to ${most}`;
  const cells = cellsOf(rows[0]!.group, record.results);
  const [main, ...others] = originsOf(cells, record);
  const { date, machine, versions } = main?.origin ?? record;
  const rest = others.map(({ origin, count }) =>
    ` ${count} of ${cells.length} servers and loads: ${origin.date}; ${origin.machine}. ${origin.versions}.`
  );
  return `${targetsTable(rows)}\n\n${date}, rounds: ${rounds}; ${machine}. ${versions}.${
    rest.join("")
  }${tellDisturbed(cells, record.results)}`;
}

/** Draws the picture into a file. */
export function writePicture(record: RunRecord, file: string): void {
  const caption = `${record.date}, ${record.machine}`;
  const rows = judgeAll(record.results).filter(({ isPictured }) => isPictured);
  writeFileSync(file, drawTargets(rows, caption));
}

/**
 * Writes the sections of `docs/bench.md` for all groups of the record, and leaves those of others
 * as they are. The picture, which the README shows, too, is drawn anew if no target is missing.
 */
export function writeReport(record: RunRecord): void {
  const rows = judgeAll(record.results), page = join(ROOT, PAGE);
  let text = readFileSync(page, "utf8");
  for (const group of new Set(rows.map(({ group }) => group))) {
    const section = groupSection(rows.filter((row) => row.group === group), record);
    text = replaceSection(text, group, section);
  }
  writeFileSync(page, text);
  execFileSync(process.execPath, ["fmt", "--quiet", page]); // aligns the table as the gate wants it
  const pictured = TARGETS.filter(({ isPictured = true }) => isPictured);
  const drawn = rows.filter(({ isPictured }) => isPictured);
  if (drawn.length === pictured.length) writePicture(record, join(ROOT, PICTURE));
  else console.error(`${PICTURE} stays: ${pictured.length - drawn.length} rows were not measured`);
}
