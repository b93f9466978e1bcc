/**
 * The guide: the README and `docs/` as pages, with what the search reads. Without it the documents
 * could be read on GitHub only, one at a time and without a search.
 *
 * @module
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { type EntryPoint, printPage } from "./layout.ts";
import type { Rendered, Renderer } from "./markdown.ts";
import { type PageGroup, pathOnSite, readGroups } from "./pages.ts";

/** The source of a guide, and its address. */
export interface GuideRequest {
  /** A repository with a README and `docs/`. */
  readonly root: string;
  /** The folder of the site. */
  readonly output: string;
  /** The package's name. */
  readonly name: string;
  /** The repository on the web, for links to files that are no pages. */
  readonly repository: string;
  readonly entryPoints: readonly EntryPoint[];
  readonly render: Renderer;
}

/** One entry of `search.json`. */
export interface SearchEntry {
  readonly title: string;
  /** Empty for the beginning of a page. */
  readonly heading: string;
  /** Relative to the site. */
  readonly url: string;
  readonly text: string;
}

/** A page of the guide. */
export interface GuidePage extends Rendered {
  /** Path in the repository, and of its Markdown on the site. */
  readonly path: string;
  readonly markdown: string;
}

/** The guide that was written. */
export interface Guide {
  /** The README first, the others in the order of the groups. */
  readonly pages: readonly GuidePage[];
  readonly groups: readonly PageGroup[];
  readonly entries: readonly SearchEntry[];
}

const ASSETS = ["site.css", "search.mjs"];
/** The folder of files that are written by hand. */
export const ASSET_FOLDER: URL = new URL("./assets/", import.meta.url);

/** Writes all pages of the guide, each beside its Markdown. Throws on a link to a missing file. */
export function writeGuide(request: GuideRequest): Guide {
  const { root, output, render } = request;
  const listed = readGroups(root);
  const paths = ["README.md", ...listed.flatMap(({ pages }) => pages.map(({ path }) => path))];
  const pages = [...new Set(paths)].map((path): GuidePage => {
    const markdown = readFileSync(join(root, path), "utf8");
    const page = render(markdown, (href) => resolveLink(href, { ...request, path, paths }));
    return { path, markdown, ...page };
  });
  const titles = new Map(pages.map(({ path, title }) => [path, title]));
  const groups = listed.map(({ task, pages }) => ({
    task,
    pages: pages.map(({ path, label }) => ({ path, label: label ?? titles.get(path) ?? path })),
  }));
  for (const page of pages) {
    writeInto(output, pathOnSite(page.path), printPage(page, { ...request, groups }));
    writeInto(output, page.path, page.markdown);
  }
  for (const asset of ASSETS) copyFileSync(new URL(asset, ASSET_FOLDER), join(output, asset));
  return { pages, groups, entries: pages.flatMap(listEntries) };
}

/** Writes a file of the site. */
export function writeInto(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function listEntries({ path, title, sections }: GuidePage): readonly SearchEntry[] {
  return sections.map(({ heading, anchor, text }) => {
    const url = pathOnSite(path) + (anchor === "" ? "" : `#${anchor}`);
    return { title, heading, url, text };
  });
}

interface LinkPlace extends GuideRequest {
  /** The page that the link is on. */
  readonly path: string;
  /** All pages. */
  readonly paths: readonly string[];
}

function resolveLink(
  href: string,
  { root, output, repository, path, paths }: LinkPlace,
): string {
  if (/^[a-z]+:|^#/.test(href)) return href;
  const [file = "", anchor] = href.split("#");
  const target = posix.join(posix.dirname(path), file);
  const rest = anchor === undefined ? "" : `#${anchor}`;
  if (target.startsWith("../") || !existsSync(join(root, target))) {
    throw new Error(`${path} links to ${href}, which does not exist`);
  }
  const isImage = /\.(?:svg|png|jpe?g|gif|webp)$/.test(target);
  if (!isImage && !paths.includes(target)) return `${repository}/blob/HEAD/${target}${rest}`;
  if (isImage) {
    mkdirSync(dirname(join(output, target)), { recursive: true });
    copyFileSync(join(root, target), join(output, target));
  }
  return posix.relative(posix.dirname(pathOnSite(path)), pathOnSite(target)) + rest;
}
