/**
 * Tries our servers and clients, and others as controls, with the Autobahn cases and cases
 * of our own, and shows all of it in one matrix. Without it "conforms to RFC 6455" would be
 * a claim.
 *
 *     deno task conformance [--quick] [--everywhere] [--only TEXT]... [--cases ID]... [--jobs N] [--add]
 *
 * `--quick` leaves out section 9, the large cases of 12 and 13, permessage-deflate over HTTP/2 and
 * HAProxy. Without it those large cases, three minutes a target, are tried on one adapter a runtime
 * and role; `--everywhere` on all. `--only` takes targets whose name contains the text
 * (`server bun`), and the controls they stand on; `--cases` cases by their ids or the beginnings of
 * them (`6`, `cve`, `12.1.3`).
 *
 * Pages go into `.cache/conformance/report`, with `--quick` or `--cases` into folders beside it.
 * There a run of some targets leaves the others' results of earlier runs; as soon as it has those
 * of all targets, `conformance.md` is written. The exit code is 0 if every cell of ours is well or
 * explained. A target with a cell that is not is tried a second time, and both tries are told: what
 * counts is a cell that is well at neither. It needs Python 3 with venv beyond Node and npm, and
 * without `--quick` HAProxy.
 *
 * @module
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { prepareDriver } from "../../tests/conformance/autobahn.ts";
import { formatPage } from "../../tests/conformance/cell_page.ts";
import type { Column } from "../../tests/conformance/explain.ts";
import { badCells, formatBad } from "../../tests/conformance/faults.ts";
import { addLater } from "../../tests/conformance/later.ts";
import { formatMarkdown } from "../../tests/conformance/markdown.ts";
import { formatMatrix } from "../../tests/conformance/matrix.ts";
import { CLIENT_CASES } from "../../tests/conformance/own/try_client.ts";
import { SERVER_CASES } from "../../tests/conformance/own/try_server.ts";
import { Report, type TargetReport } from "../../tests/conformance/report.ts";
import { isFine } from "../../tests/conformance/result.ts";
import { selectTargets } from "../../tests/conformance/select.ts";
import { prepareTargets, type Target } from "../../tests/conformance/targets.ts";
import { type Run, tryTarget } from "../../tests/conformance/try_target.ts";
import { findVersions } from "../../tests/conformance/versions.ts";
import { ROOT } from "../lib/runtimes.ts";
import { badTwice, formatFirst, selectAgain } from "./again.ts";

/**
 * Tries targets, so many at a time, and tells of each. The last come first: controls that do not
 * answer take longest.
 */
async function tryAll(targets: readonly Target[], jobs: number, run: Run): Promise<void> {
  const queue = [...targets].reverse();
  let done = 0;
  const work = async (): Promise<void> => {
    for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
      const start = performance.now();
      const results = await tryTarget(target, run);
      const seconds = (performance.now() - start) / 1_000;
      await run.report.write(target.name, { at: new Date().toISOString(), seconds, results });
      const fine = results.filter(isFine).length;
      console.error(
        `${++done} of ${targets.length}, ${target.name}: ${fine} of ${results.length} cases are ` +
          `fine, ${seconds.toFixed(1)} s`,
      );
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

/** What all targets gave, in this run or earlier ones. */
async function readAll(
  targets: readonly Target[],
  report: Report,
): Promise<readonly (Column & TargetReport)[]> {
  const columns: (Column & TargetReport)[] = [];
  for (const target of targets) {
    const found = await report.read(target.name);
    if (found !== null) columns.push({ target, ...found });
  }
  return columns;
}

/** The first date and the last. */
function datesOf(columns: readonly TargetReport[]): readonly string[] {
  const days = columns.map(({ at }) => at.slice(0, 10)).sort();
  return [...new Set([days[0]!, days.at(-1)!])];
}

async function addToSummary(columns: readonly (Column & TargetReport)[]): Promise<string> {
  const path = join(ROOT, "conformance.md");
  const facts = { dates: datesOf(columns), versions: await findVersions() };
  await writeFile(path, addLater(await readFile(path, "utf8"), columns, facts));
  return path;
}

async function writeSummary(columns: readonly (Column & TargetReport)[]): Promise<string> {
  const path = join(ROOT, "conformance.md");
  const markdown = formatMarkdown(columns, {
    dates: datesOf(columns),
    versions: await findVersions(),
    seconds: columns.reduce((sum, { seconds }) => sum + seconds, 0),
    cases: [
      ...SERVER_CASES.map(({ id, source }) => ({ role: "server", id, source }) as const),
      ...CLIENT_CASES.map(({ id, source }) => ({ role: "client", id, source }) as const),
    ],
  });
  await writeFile(path, markdown);
  return path;
}

async function main(args: string[]): Promise<number> {
  const start = performance.now();
  const { values: flags } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      everywhere: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      cases: { type: "string", multiple: true, default: [] },
      add: { type: "boolean", default: false },
      jobs: { type: "string", default: String(Math.min(4, availableParallelism())) },
    },
  });
  const kind = flags.cases.length > 0 ? "part" : flags.quick ? "quick" : "report";
  const report = new Report(join(ROOT, ".cache", "conformance", kind));
  if (kind !== "report" || flags.only.length === 0) {
    await rm(report.folder, { recursive: true, force: true });
  }
  await mkdir(report.folder, { recursive: true });
  const driver = await prepareDriver();
  const all = await prepareTargets();
  const targets = flags.quick ? all.filter(({ isShort }) => isShort !== true) : all;
  const run: Run = {
    driver,
    isQuick: flags.quick,
    isEverywhere: flags.everywhere,
    cases: flags.cases,
    report,
  };
  const tried = (await readAll(targets, report)).map(({ target }) => target.name);
  await tryAll(selectTargets(targets, flags.only, tried), Number(flags.jobs), run);
  let columns = await readAll(targets, report);
  let bad = badCells(columns);
  const again = selectAgain(targets, columns);
  if (again.length > 0) {
    console.log(`${formatFirst(columns)}\n`);
    await tryAll(again, 1, run);
    const first = columns;
    columns = await readAll(targets, report);
    bad = badTwice(first, columns);
  }
  console.log(formatMatrix(columns));
  await writeFile(join(report.folder, "index.html"), formatPage(columns));
  console.log(`\n${join(report.folder, "index.html")}`);
  if (kind === "report" && columns.length === targets.length) {
    console.log(await writeSummary(columns));
  } else if (flags.add && columns.length > 0) {
    console.log(await addToSummary(columns.filter(({ target }) => target.isOurs)));
  }
  const isGood = columns.length > 0 && bad.length === 0;
  if (again.length > 0) console.log(["Not well at both tries:", ...bad.map(formatBad)].join("\n"));
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`${isGood ? "all is well" : "NOT WELL"}; ${seconds} s`);
  return isGood ? 0 : 1;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
