/**
 * The results of a run: a record, and from it the tables in `docs/bench.md` and the picture.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { ROOT } from "../lib/runtimes.ts";
import type { Results } from "./samples.ts";
import { drawTargets } from "./svg.ts";
import { targetsTable } from "./table.ts";
import { judgeAll } from "./judge.ts";

/** One run, as it is kept in `.cache/bench`. */
export interface RunRecord {
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  readonly rounds: number;
  readonly results: Results;
}

/** An earlier record with the rows of a later one, which tells the date. */
export function mergeRecords(earlier: RunRecord, later: RunRecord): RunRecord {
  return { ...later, results: { ...earlier.results, ...later.results } };
}

const PICTURE = "docs/bench.svg", PAGE = "docs/bench.md";
const BEGIN = "<!-- bench: written by `deno task bench` -->", END = "<!-- bench: end -->";

/** Puts `section` between the markers of `text`. */
export function replaceSection(text: string, section: string): string {
  const begin = text.indexOf(BEGIN), end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`no "${BEGIN}" with its end`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${section}\n\n${text.slice(end)}`;
}

/** The section of `docs/bench.md`. */
export function benchSection({ date, machine, versions, rounds, results }: RunRecord): string {
  return `![The same table as bars](${basename(PICTURE)})

${targetsTable(judgeAll(results))}

Medians of ${rounds} rounds (few rows of 3) on ${date}: ${machine}. ${versions}.`;
}

/** Draws the picture into a file. */
export function writePicture(record: RunRecord, file: string): void {
  const caption = `${record.date}, ${record.machine}`;
  const rows = judgeAll(record.results).filter(({ isPictured }) => isPictured);
  writeFileSync(file, drawTargets(rows, caption));
}

/** Writes the section of `docs/bench.md`, and the picture that the README shows, too. */
export function writeReport(record: RunRecord): void {
  const picture = join(ROOT, PICTURE), page = join(ROOT, PAGE);
  mkdirSync(dirname(picture), { recursive: true });
  writePicture(record, picture);
  writeFileSync(page, replaceSection(readFileSync(page, "utf8"), benchSection(record)));
  execFileSync(process.execPath, ["fmt", "--quiet", page]); // aligns the table as the gate wants it
}
