/**
 * `conformance.md`: the matrix as it is kept with the code.
 *
 * @module
 */
import { ADVISORIES, type SourcedCase, whereTried } from "./advisories.ts";
import type { Column } from "./explain.ts";
import { groupExplained, listBad, shortTitle } from "./faults.ts";
import { countCloses, LEGEND, letterOf, rowsOf, shorten } from "./matrix.ts";
import { isFine } from "./result.ts";

/** What is said of a run. */
export interface RunFacts {
  /** When the targets were tried: one date, or the first and the last. */
  readonly dates: readonly string[];
  /** `Deno 2.9.6`, and so on. */
  readonly versions: readonly string[];
  /** What all targets took, one after another. */
  readonly seconds: number;
  /** Our cases, for both roles. */
  readonly cases: readonly SourcedCase[];
}

/** Writes it. */
export function formatMarkdown(matrix: readonly Column[], facts: RunFacts): string {
  return `# Conformance

Written by \`deno task conformance\`, which also makes \`.cache/conformance/report/index.html\`: all
cases by all targets, each cell a link to what was sent and received. Sections with numbers are those
of the Autobahn test suite, those with names are ours. The rows with \`ws\` and \`native\` are others,
as controls. The large compressed messages of 12 and 13 go through \`tcp\` and the controls; the other
adapters, which have the same codec, get every parameter with messages of up to 1 KiB (all sizes with
\`--everywhere\`).

Tried ${facts.dates.join(" to ")} with ${facts.versions.join(", ")}; the targets took ${
    Math.round(facts.seconds / 60)
  } minutes, one after another.

${formatCounts(matrix)}

## The matrix

${LEGEND}

${tableOf(rowsOf(matrix))}

${formatNotes()}
## How connections were closed

${matrix.map(({ target, results }) => `- ${target.name}: ${countCloses(results)}`).join("\n")}

## Cells of ours that are not well

${formatFaults(matrix)}

## What the controls do otherwise

${formatControls(matrix)}

## What broke others

| advisory | what it was | tried by |
| --- | --- | --- |
${
    ADVISORIES.map((each) =>
      `| [${each.name}](${each.link}) | ${each.what} | ${whereTried(each, facts.cases)} |`
    ).join("\n")
  }
`;
}

/** Rows as a table; the first has the titles. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [rows[0]!, rows[0]!.map(() => "---"), ...rows.slice(1)].map(line).join("\n");
}

/** In a sentence, what the table has in many. */
export function formatCounts(matrix: readonly Column[]): string {
  const ours = matrix.filter(({ target }) => target.isOurs);
  const cells = ours.flatMap(({ results }) => results);
  const explained = groupExplained(matrix).flatMap(({ ids }) => ids);
  const parts = [`Of ${cells.length} cells of ${ours.length} targets of ours`];
  parts.push(`${cells.filter(isFine).length} are OK or INFORMATIONAL`);
  parts.push(`${explained.length} show what the runtime itself does`);
  parts.push(`${listBad(matrix).length} are not well`);
  return `${parts.join(", ")}.`;
}

function formatNotes(): string {
  return `\`tcp\` and \`http\` are \`serve\` and \`connect\`, without and with \`fetch\`; \`session\` is a handler
that reads instead of being fed; \`mount\` stands on \`node:http\`, \`duplex\` on Web Streams (where there
is no permessage-deflate). \`h2\` is a stream of HTTP/2: a bridge translates the opening handshake of the
cases, which speak HTTP/1.1, so that their own opening handshakes are left out; \`h2-haproxy\` has HAProxy in its place. \`native-mount\` (\`Deno.serve\`, \`Bun.serve\`) and \`web\` (the platform's
\`WebSocket\`) have the platform's frames: what these do wrong shows in its control, too.
`;
}

/** What is not well, one line each. */
export function formatFaults(matrix: readonly Column[]): string {
  const lines = [
    ...listBad(matrix).map((fault) => `- **${fault}**`),
    ...groupExplained(matrix).map(({ target, ids, what, link }) =>
      `- ${target}: ${shorten(ids)}: ${what}${link === "" ? "" : ` ([report](${link}))`}`
    ),
  ];
  return lines.length === 0 ? "None." : lines.join("\n");
}

/** A row for each case in which a control is not well. */
function formatControls(matrix: readonly Column[]): string {
  return ["server", "client"].map((role) => {
    const controls = matrix.filter(({ target }) => !target.isOurs && target.name.startsWith(role));
    const titles = new Map<string, string>();
    for (const { results } of controls) {
      for (const each of results) if (!isFine(each)) titles.set(each.id, each.title);
    }
    const rows = [...titles].map(([id, title]) => [
      `${id} ${shortTitle(title).replaceAll("|", "\\|")}`,
      ...controls.map(({ results }) => {
        const result = results.find((each) => each.id === id);
        return result === undefined ? "-" : isFine(result) ? "" : letterOf(result);
      }),
    ]);
    const head = [`${role}s`, ...controls.map(({ target }) => target.name.replace(`${role} `, ""))];
    return tableOf([head, ...rows]);
  }).join("\n\n");
}
