/**
 * `llms.txt` and `llms-full.txt`: the guide for language models, as an index of its pages and as
 * one text. Without them a model would read the HTML of each page, most of which is the list of
 * pages.
 *
 * @module
 */
import type { Guide } from "./guide.ts";
import type { EntryPoint } from "./layout.ts";

/** Texts of the two files besides the pages. */
export interface LlmsRequest {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Where the site will be, with a `/` at the end. */
  readonly site: string;
  readonly entryPoints: readonly EntryPoint[];
}

/**
 * Prints `llms.txt`, in the form of https://llmstxt.org: a title, a summary, a line for each page.
 */
export function printIndex(guide: Guide, request: LlmsRequest): string {
  const { name, summary, site, entryPoints } = request;
  const summaries = new Map(guide.pages.map((page) => [page.path, page.summary]));
  const groups = guide.groups.map(({ task, pages }) => {
    const lines = pages.map(({ path, label }) => {
      const sentence = summaries.get(path) ?? "";
      return `- [${label ?? path}](${site}${path})${sentence === "" ? "" : `: ${sentence}`}\n`;
    });
    return `## ${task}\n\n${lines.join("")}`;
  });
  const modules = entryPoints.map((entry) => `- [${entry.name}](${site}${entry.url})\n`);
  const full =
    `- [Everything in one file](${site}llms-full.txt): the README and all of the guide\n`;
  const start = `- [README](${site}README.md)\n${full}`;
  return [`# ${name}\n`, `> ${summary}\n`, start, ...groups, `## API\n\n${modules.join("")}`]
    .join("\n");
}

/**
 * Prints `llms-full.txt`: the README and the pages of `docs/`, each after the address of its own.
 */
export function printAll({ pages }: Guide, { site }: LlmsRequest): string {
  return pages.filter(({ path }) => path === "README.md" || path.startsWith("docs/"))
    .map(({ path, markdown }) => `<!-- ${site}${path} -->\n\n${markdown.trim()}\n`)
    .join("\n");
}
