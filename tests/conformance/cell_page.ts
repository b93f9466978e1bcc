/**
 * The static page of the matrix: cases by targets, each cell a link to what was sent and
 * received.
 *
 * @module
 */
import { type Column, explain } from "./explain.ts";
import { withoutTags } from "./faults.ts";
import { escapeHtml, page } from "./html.ts";
import { formatMatrix } from "./matrix.ts";
import { type Behavior, type CaseResult, isFine, pageOf } from "./result.ts";

const CLASSES: Readonly<Record<Behavior, string>> = {
  OK: "ok",
  INFORMATIONAL: "info",
  "NON-STRICT": "nonstrict",
  UNIMPLEMENTED: "none",
  FAILED: "failed",
  ERROR: "failed",
};

/** Writes `index.html`. */
export function formatPage(matrix: readonly Column[]): string {
  // The opening handshakes of servers and of clients are different cases under one number.
  const body = `<pre>${escapeHtml(formatMatrix(matrix))}</pre>
<h2>Servers</h2>${tableOf("server", matrix)}<h2>Clients</h2>${tableOf("client", matrix)}`;
  return page("Conformance", body);
}

function tableOf(role: string, matrix: readonly Column[]): string {
  const columns = matrix.filter(({ target }) => target.name.startsWith(role))
    .map((column) => ({ column, byId: new Map(column.results.map((each) => [each.id, each])) }));
  const titles = new Map(
    columns.flatMap(({ column }) => column.results.map(({ id, title }) => [id, title])),
  );
  const head = columns.map(({ column }) => `<th>${escapeHtml(column.target.name)}</th>`).join("");
  const rows = [...titles].map(([id, title]) => {
    const cells = columns.map(({ column, byId }) => cellOf(column, byId.get(id), matrix)).join("");
    return `<tr><th>${id} ${escapeHtml(withoutTags(title))}</th>${cells}</tr>`;
  });
  return `<table><thead><tr><th>case</th>${head}</tr></thead>\n${rows.join("\n")}</table>`;
}

function cellOf(
  column: Column,
  result: CaseResult | undefined,
  matrix: readonly Column[],
): string {
  if (result === undefined) return '<td class="none"></td>';
  const { behavior, close, why, ms } = result;
  const explanation = isFine(result) ? undefined : explain(column, result, matrix);
  const isBadClose = behavior === "OK" && !isFine(result);
  const style = explanation ? "known" : isBadClose ? "failed" : CLASSES[behavior];
  const title = escapeHtml(`close ${close}, ${Math.round(ms)} ms. ${withoutTags(why)}`);
  const href = escapeHtml(pageOf(column.target.name, result));
  const link = `<a href="${href}" title="${title}">${isBadClose ? close : behavior}</a>`;
  return `<td class="${style}">${link}${explanation ? linkTo(explanation) : ""}</td>`;
}

function linkTo(
  { link, what, isReported }: { link: string; what: string; isReported: boolean },
): string {
  const text = isReported ? "report" : "the platform's own";
  return ` <a class="report" href="${escapeHtml(link)}" title="${escapeHtml(what)}">${text}</a>`;
}
