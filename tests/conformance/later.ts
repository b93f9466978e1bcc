/**
 * Targets that were tried without the others: a section of `conformance.md` of their own. A run of
 * all takes hours, and what an earlier one gave stays as it is.
 *
 * @module
 */
import type { Column } from "./explain.ts";
import { formatCounts, formatFaults, type RunFacts, tableOf } from "./markdown.ts";
import { LEGEND, rowsOf } from "./matrix.ts";

const TITLE = "## Tried later";
/** The section goes before this one. */
const NEXT = "## How connections were closed";

/** Puts the targets into the page, in place of those that were there. */
export function addLater(
  page: string,
  matrix: readonly Column[],
  { dates, versions }: Pick<RunFacts, "dates" | "versions">,
): string {
  const section = `${TITLE}

Targets of a run by themselves, ${dates.join(" to ")}, with ${versions.join(", ")}. ${
    formatCounts(matrix)
  }

${LEGEND}

${tableOf(rowsOf(matrix))}

\`h2\` is a stream of HTTP/2: a bridge translates the opening handshake of the cases, which speak HTTP/1.1, so that their
own opening handshakes are left out. \`h2-haproxy\` has HAProxy in its place, without section 9.

Not well: ${formatFaults(matrix)}

`;
  const start = page.indexOf(TITLE), next = page.indexOf(NEXT);
  if (next < 0) throw new Error(`conformance.md has no section "${NEXT}"`);
  return page.slice(0, start < 0 ? next : start) + section + page.slice(next);
}
