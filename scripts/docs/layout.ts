/**
 * The frame of each page: header, search, text, list of pages. Without it each page would have one
 * of its own.
 *
 * @module
 */
import type { Section } from "./markdown.ts";
import { type PageGroup, pathOnSite } from "./pages.ts";

/** The content of the frame. */
export interface PageContent {
  /** Path in the repository. */
  readonly path: string;
  readonly title: string;
  readonly summary: string;
  readonly html: string;
  readonly sections: readonly Section[];
}

/** The parts that all pages have in common. */
export interface SiteFrame {
  /** The package's name. */
  readonly name: string;
  /** Every page has a label here. */
  readonly groups: readonly PageGroup[];
  /** The entry points of the API reference. */
  readonly entryPoints: readonly EntryPoint[];
}

/** An entry point of the package. */
export interface EntryPoint {
  /** As it is imported. */
  readonly name: string;
  /** Relative to the site. */
  readonly url: string;
}

/** Prints a page of the guide. */
export function printPage(page: PageContent, { name, groups, entryPoints }: SiteFrame): string {
  const base = baseOf(pathOnSite(page.path)), home = page.path === "README.md";
  const items = groups.map((group) => printGroup(group, { page, base })).join("");
  const modules = entryPoints.map((entry) =>
    `<li><a href="${escapeHtml(base + entry.url)}">${escapeHtml(entry.name)}</a></li>\n`
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(page.summary)}">
<title>${escapeHtml(home ? name : `${page.title} · ${name}`)}</title>
<link rel="stylesheet" href="${base}site.css">
<script type="module" src="${base}search.mjs"></script>
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<header>
<a class="name" href="${base}index.html">${escapeHtml(name)}</a>
<a class="narrow" href="#pages">Pages</a>
<a href="${base}api/index.html">API</a>
<form role="search" hidden data-base="${base}">
<input type="search" aria-label="Search the guide and the API" placeholder="Search" autocomplete="off">
<div class="results" role="status" hidden></div>
</form>
</header>
<div class="columns">
<main id="text">
${page.html}</main>
<nav id="pages" aria-label="Pages">
<ul>
${items}<li>Look up a name of the API
<ul>
${modules.join("")}</ul></li>
</ul>
</nav>
</div>
</body>
</html>
`;
}

function printGroup(
  { task, pages }: PageGroup,
  { page, base }: { readonly page: PageContent; readonly base: string },
): string {
  const links = pages.map(({ path, label }) => {
    const isHere = path === page.path, current = isHere ? ` aria-current="page"` : "";
    const href = escapeHtml(base + pathOnSite(path));
    const sections = isHere ? printSections(page.sections) : "";
    return `<li><a href="${href}"${current}>${escapeHtml(label ?? path)}</a>${sections}</li>\n`;
  });
  return `<li>${escapeHtml(task)}\n<ul>\n${links.join("")}</ul></li>\n`;
}

function printSections(sections: readonly Section[]): string {
  const links = sections.filter(({ depth }) => depth === 2).map(({ heading, anchor }) =>
    `<li><a href="#${anchor}">${escapeHtml(heading)}</a></li>\n`
  );
  return links.length === 0 ? "" : `\n<ul>\n${links.join("")}</ul>`;
}

/** The way from a page up to the site's root: `""` or `"../"` for each folder. */
export function baseOf(path: string): string {
  return "../".repeat(path.split("/").length - 1);
}

/** Text for HTML, attributes in double quotes included. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  return text.replace(/[&<>]/g, (char) => entities[char] ?? char).replaceAll(`"`, "&quot;");
}
