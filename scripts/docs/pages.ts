/**
 * The pages of the site and the order in which they are read. Without it a new page of `docs/`
 * would be on the site only when a reader of this list had missed it.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listDocuments } from "../checks/links.ts";

/** Where a page goes in the list of all pages. */
export interface PageGroup {
  /** The task of the reader, in the README's words. */
  readonly task: string;
  readonly pages: readonly PageLink[];
}

/** A page in Markdown, and what links to it say. */
export interface PageLink {
  /** Path in the repository. */
  readonly path: string;
  /** `null` if the README does not name it: then it is the page's title. */
  readonly label: string | null;
}

const SECTION = "## Where to read on\n";

/** The group of pages that the README does not list. */
export const REST = "More";

/** The groups of a repository: the README's list in its order, then all other documents. */
export function readGroups(root: string): readonly PageGroup[] {
  const listed = readList(readFileSync(join(root, "README.md"), "utf8"));
  const paths = new Set(listed.flatMap(({ pages }) => pages.map(({ path }) => path)));
  const rest = listDocuments(root).map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path !== "README.md" && !path.startsWith("examples/") && !paths.has(path));
  return [...listed, { task: REST, pages: rest.map((path) => ({ path, label: null })) }];
}

/** The README's list of lines like `- Task: [Label](docs/page.md), [Label](docs/other.md)`. */
export function readList(readme: string): readonly PageGroup[] {
  const start = readme.indexOf(SECTION);
  if (start < 0) throw new Error(`the README has no section "${SECTION.trim()}"`);
  const [section = ""] = readme.slice(start + SECTION.length).split(/^## /m, 1);
  return section.split(/^- /m).slice(1).map((item) => {
    const [task = ""] = item.split(/:?\s*\[/, 1);
    const links = item.matchAll(/\[([^\]]+)\]\(([^)\s#]+\.md)[^)]*\)/g);
    const pages = [...links].map(([, label = "", path = ""]) => (
      { path, label: label.replaceAll("`", "") }
    ));
    return { task: task.replace(/\s+/g, " ").trim(), pages };
  });
}

/** Where a document lies on the site. */
export function pathOnSite(document: string): string {
  return document === "README.md" ? "index.html" : document.replace(/\.md$/, ".html");
}
