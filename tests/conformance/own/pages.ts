/**
 * What our cases sent and received, as one page for each target.
 *
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CaseResult } from "../result.ts";
import { escapeHtml, page } from "../html.ts";
import type { OwnRun } from "./try_server.ts";

const PAGE = "own.html";

/** Writes the page into the target's folder and gives the results. */
export async function writeOwnRuns(
  target: { readonly name: string; readonly isOurs: boolean },
  folder: string,
  runs: readonly OwnRun[],
): Promise<readonly CaseResult[]> {
  const results = runs.map((run) => toResult(run, target.isOurs));
  await mkdir(folder, { recursive: true });
  const sections = runs.map((run, i) => describe(run, results[i]!));
  await writeFile(join(folder, PAGE), page(`${target.name}: our cases`, sections.join("\n")));
  return results;
}

function toResult({ tried, verdict, ms }: OwnRun, isOurs: boolean): CaseResult {
  const { id, title, source, level } = tried;
  const { close, why } = verdict;
  const isBad = verdict.behavior !== "OK" || close !== "OK";
  // A choice of ours says nothing against others.
  const isChoice = level === "OURS" && !isOurs && isBad && verdict.behavior !== "UNIMPLEMENTED";
  return {
    id,
    title: `${title} (${source})`,
    behavior: isChoice ? "INFORMATIONAL" : verdict.behavior,
    close: isChoice ? "INFORMATIONAL" : close,
    why,
    ms,
    ...(isChoice && { isChoice }),
    page: `${PAGE}#${id}`,
  };
}

function describe({ tried, wire }: OwnRun, { behavior, close, why, title }: CaseResult): string {
  const notes = wire?.notes.map(({ ms, by, text }) => `${ms} ms  ${by}: ${text.trimEnd()}`) ?? [];
  const verdict = `${behavior}, close ${close}. ${why}`;
  return `<h2 id="${tried.id}">${tried.id}: ${escapeHtml(title)}</h2>
<p>${escapeHtml(verdict)}</p>
<pre>${escapeHtml(notes.join("\n"))}</pre>`;
}
