/**
 * The matrix: sections by targets on the terminal and in `conformance.md`, cases by targets
 * on a page.
 *
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeHtml, page } from "./html.ts";
import { faultOf } from "./known_faults.ts";
import { type Behavior, type CaseResult, isFine, sectionOf } from "./result.ts";
import type { Target } from "./targets.ts";

/** One target with its results. */
export interface Column {
  readonly target: Pick<Target, "name" | "isOurs">;
  readonly results: readonly CaseResult[];
}

/** What the numbers are, and their letters. */
const LETTERS: Readonly<Record<Behavior, string>> = {
  OK: "",
  INFORMATIONAL: "i",
  "NON-STRICT": "n",
  UNIMPLEMENTED: "u",
  FAILED: "F",
  ERROR: "E",
};
const LEGEND = "Numbers are cases that are OK; i INFORMATIONAL, n NON-STRICT, u UNIMPLEMENTED, " +
  "F FAILED, E ERROR, c not closed as it should be (OK otherwise).";

/** Whether every cell of ours is well, or explained; an explanation that explains nothing is not. */
export function isClean(matrix: readonly Column[]): boolean {
  return matrix.filter(({ target }) => target.isOurs).every(({ target, results }) =>
    results.length > 0 &&
    results.every((result) => isFine(result) !== (faultOf(target.name, result.title) !== undefined))
  );
}

/** All sections, in the order of the columns' results. */
function sectionsOf(matrix: readonly Column[]): readonly string[] {
  return [...new Set(matrix.flatMap(({ results }) => results.map(({ id }) => sectionOf(id))))];
}

const BAD_CLOSE = "c";

/** `48`, or `45 2n 1F`. */
function count(results: readonly CaseResult[]): string {
  if (results.length === 0) return "-";
  const letterOf = (result: CaseResult) =>
    result.behavior === "OK" && !isFine(result) ? BAD_CLOSE : LETTERS[result.behavior];
  const letters = results.map(letterOf);
  return [...Object.values(LETTERS), BAD_CLOSE].flatMap((letter) => {
    const number = letters.filter((each) => each === letter).length;
    return number > 0 ? [`${number}${letter}`] : [];
  }).join(" ");
}

/** How connections were closed: `all`, or `513 OK 2 UNCLEAN`. */
function countCloses(results: readonly CaseResult[]): string {
  const closes = results.map(({ close }) => close);
  return [...new Set(closes)].sort().map((close) =>
    `${closes.filter((each) => each === close).length} ${close}`
  ).join(", ");
}

function rowsOf(matrix: readonly Column[]): readonly (readonly string[])[] {
  const sections = sectionsOf(matrix);
  return [
    ["target", ...sections, "all"],
    ...matrix.map(({ target, results }) => [
      target.name,
      ...sections.map((section) => count(results.filter(({ id }) => sectionOf(id) === section))),
      count(results),
    ]),
  ];
}

/** The matrix as text, and what is wrong. */
export function formatMatrix(matrix: readonly Column[]): string {
  const rows = rowsOf(matrix);
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const table = rows.map((row) =>
    row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd()
  );
  const closes = matrix.map(({ target, results }) => `${target.name}: ${countCloses(results)}`);
  return [...table, "", LEGEND, "", "Closed:", ...closes, ...listFaults(matrix)].join("\n");
}

/** Cells of ours that are not well, explained or not. */
function listFaults(matrix: readonly Column[]): readonly string[] {
  const faults = matrix.filter(({ target }) => target.isOurs).flatMap(({ target, results }) =>
    results.filter((result) => !isFine(result)).map((result) => {
      const { id, title, behavior, close, why } = result;
      const known = faultOf(target.name, title);
      const cause = known === undefined ? why : `${known.what} ${known.link}`;
      return `${target.name} ${id} ${behavior}, close ${close}: ${title}: ${cause}`;
    })
  );
  return faults.length === 0 ? [] : ["", "Not well:", ...faults];
}

/** `conformance.md`: small enough to be kept with the code, and without a date, so that it changes with the results only. */
export function writeMarkdown(matrix: readonly Column[]): string {
  const rows = rowsOf(matrix);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const table = [rows[0]!, rows[0]!.map(() => "---"), ...rows.slice(1)].map(line);
  const closes = matrix.map(({ target, results }) => `- ${target.name}: ${countCloses(results)}`);
  const faults = listFaults(matrix).slice(2).map((fault) => `- ${fault}`);
  return `# Conformance

Written by \`deno task conformance\`, which also makes the page of all cases with what was sent and
received. Sections with numbers are those of the Autobahn test suite, those with names are ours.
\`ws\`, \`native\` and the like are others, as controls.

${LEGEND}

${table.join("\n")}

## How connections were closed

${closes.join("\n")}
${faults.length === 0 ? "" : `\n## Not well\n\n${faults.join("\n")}\n`}`;
}

const CLASSES: Readonly<Record<Behavior, string>> = {
  OK: "ok",
  INFORMATIONAL: "info",
  "NON-STRICT": "nonstrict",
  UNIMPLEMENTED: "none",
  FAILED: "failed",
  ERROR: "failed",
};

/** Writes `index.html`: cases by targets, each cell a link to what was sent and received. */
export async function writePages(matrix: readonly Column[], folder: string): Promise<void> {
  const byId = matrix.map(({ results }) => new Map(results.map((each) => [each.id, each])));
  const titles = new Map(
    matrix.flatMap(({ results }) => results.map((each) => [each.id, each.title])),
  );
  // The opening handshakes of servers and of clients are different cases under one number.
  const isServer = matrix.map(({ target }) => target.name.startsWith("server"));
  const table = (wanted: boolean): string => {
    const columns = matrix.flatMap((column, i) => isServer[i] === wanted ? [{ column, i }] : []);
    const ids = [...new Set(columns.flatMap(({ column }) => column.results.map(({ id }) => id)))];
    const head = columns.map(({ column }) => `<th>${escapeHtml(column.target.name)}</th>`).join("");
    const body = ids.map((id) => {
      const cells = columns.map(({ column, i }) => cell(column, byId[i]!.get(id))).join("");
      const title = columns.map(({ i }) => byId[i]!.get(id)?.title).find((each) => each) ??
        titles.get(id) ?? "";
      return `<tr><th>${id} ${escapeHtml(title.replace(/<[^>]*>/g, ""))}</th>${cells}</tr>`;
    });
    return `<table><thead><tr><th>case</th>${head}</tr></thead>\n${body.join("\n")}</table>`;
  };
  const body = `<pre>${escapeHtml(formatMatrix(matrix))}</pre>
<h2>Servers</h2>${table(true)}<h2>Clients</h2>${table(false)}`;
  await writeFile(join(folder, "index.html"), page("Conformance", body));
}

function cell({ target }: Column, result: CaseResult | undefined): string {
  if (result === undefined) return '<td class="none"></td>';
  const { behavior, close, why, ms } = result;
  const known = faultOf(target.name, result.title);
  const isBadClose = behavior === "OK" && !isFine(result);
  const style = known !== undefined ? "known" : isBadClose ? "failed" : CLASSES[behavior];
  const href = `${target.name.replaceAll(" ", "-")}/${result.page}`;
  const title = escapeHtml(`close ${close}, ${ms} ms. ${why.replace(/<[^>]*>/g, "")}`);
  const link = `<a href="${href}" title="${title}">${isBadClose ? close : behavior}</a>`;
  const report = known === undefined ? "" : ` <a href="${known.link}">report</a>`;
  return `<td class="${style}">${link}${report}</td>`;
}
