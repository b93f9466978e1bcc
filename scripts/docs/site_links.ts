/**
 * Links on the finished site that lead nowhere. The check of the Markdown cannot see what the site
 * adds: the list of pages, the anchors, the API reference.
 *
 * @module
 */
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

/** Another file than a page, with its links. They are relative to the site. */
export interface LinkFile {
  readonly path: string;
  readonly links: readonly string[];
}

/**
 * Each dead link of all pages in a folder, and of other files, as `page: link`. Links to other
 * sites are not followed.
 */
export function findDeadSiteLinks(
  folder: string,
  files: readonly LinkFile[] = [],
): readonly string[] {
  const pages = globSync("**/*.html", { cwd: folder }).map((path) => path.replaceAll("\\", "/"));
  const known = new Map<string, ReadonlySet<string>>();
  const read = pages.sort().map((path): LinkFile => {
    const html = readFileSync(join(folder, path), "utf8");
    return { path, links: [...readAttributes(html, "href|src")] };
  });
  return [...read, ...files].flatMap(({ path, links }) =>
    links.filter((link) => !/^[a-z][a-z+.-]*:/i.test(link))
      .filter((link) => !isAlive(folder, { page: path, link, known }))
      .map((link) => `${path}: ${link}`)
  );
}

interface Followed {
  readonly page: string;
  readonly link: string;
  /** The anchors of pages that were read. */
  readonly known: Map<string, ReadonlySet<string>>;
}

function isAlive(folder: string, { page, link, known }: Followed): boolean {
  const [address = "", anchor = ""] = link.split("#");
  const [path = ""] = decodeURIComponent(address).split("?");
  if (path.startsWith("/")) return false; // the site is served from a folder of its host
  let target = path === "" ? page : posix.join(posix.dirname(page), path);
  if (target.startsWith("../") || !existsSync(join(folder, target))) return false;
  if (statSync(join(folder, target)).isDirectory()) target = posix.join(target, "index.html");
  if (!existsSync(join(folder, target))) return false;
  if (anchor === "" || !target.endsWith(".html")) return true;
  const anchors = known.get(target) ??
    readAttributes(readFileSync(join(folder, target), "utf8"), "id|name");
  known.set(target, anchors);
  return anchors.has(decodeURIComponent(anchor));
}

/** The values of some attributes of all elements. Code is no element: its `<` is escaped. */
function readAttributes(html: string, names: string): ReadonlySet<string> {
  const visible = html.replace(/<!--[^]*?-->|(?<=<script[^>]*>)[^]*?(?=<\/script>)/g, "");
  const pattern = new RegExp(`\\s(?:${names})="([^"]*)"`, "g");
  const tags = visible.match(/<[a-z][^\s>]*\s(?:"[^"]*"|[^">])*>/gi) ?? [];
  return new Set(
    tags.flatMap((tag) => [...tag.matchAll(pattern)].map(([, value = ""]) => unescapeHtml(value))),
  );
}

function unescapeHtml(text: string): string {
  return text.replace(/&#x([\da-f]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, decimal) => String.fromCodePoint(Number(decimal)))
    .replaceAll("&quot;", `"`).replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
