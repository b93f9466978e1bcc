/**
 * The API reference: the pages of `deno doc --html`, with a way back to the guide, and their names
 * for the site's search. Without it a reader of the reference could not return to the guide.
 *
 * @module
 */
import { appendFileSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { run } from "../lib/process.ts";
import { findRuntime, ROOT } from "../lib/runtimes.ts";
import type { DenoConfig } from "../lib/deno_config.ts";
import { ASSET_FOLDER, type SearchEntry } from "./guide.ts";
import { baseOf, type EntryPoint } from "./layout.ts";

/** The folder of the reference on the site. */
const API_FOLDER = "api";

const DOC_MS = 180_000;
/** In the header of each page, before the name of the package. */
const BREADCRUMBS = `<ul class="breadcrumbs">`;

/**
 * `deno doc` takes the type `Server` of `node:http` for the export of `./ws` with that name, which
 * is an alias and has no page.
 */
const WRONG_LINK = /<a href="[^"]*\/ws\/~\/Server\.html"[^>]*>([^<]*)<\/a>/g;

/** The first page of each entry point. */
export function listEntryPoints({ name, exports }: DenoConfig): readonly EntryPoint[] {
  return Object.keys(exports).map((entry) => ({
    name: posix.join(name, entry),
    url: posix.join(API_FOLDER, entry, "index.html"),
  }));
}

/** Writes the reference of all entry points. Returns the entries for the search. */
export async function writeApi(
  { name, exports }: DenoConfig,
  output: string,
): Promise<readonly SearchEntry[]> {
  const folder = join(output, API_FOLDER), { path: file } = await findRuntime("deno");
  const flags = ["doc", "--html", `--name=${name}`, `--output=${folder}`];
  const command = { file, arguments: [...flags, ...Object.values(exports)], folder: ROOT };
  const { code, errors } = await run(command, DOC_MS);
  if (code !== 0) throw new Error(`deno doc ended with ${code}\n${errors}`);
  for (const page of globSync("**/*.html", { cwd: folder })) {
    const html = readFileSync(join(folder, page), "utf8");
    const path = posix.join(API_FOLDER, page.replaceAll("\\", "/"));
    writeFileSync(join(folder, page), addWayBack(html.replace(WRONG_LINK, "$1"), path));
  }
  appendFileSync(join(folder, "page.css"), readFileSync(new URL("api.css", ASSET_FOLDER)));
  return readNames(readFileSync(join(folder, "search_index.js"), "utf8"), name);
}

/**
 * Adds a link to the guide to a page of `deno doc`. Pages that only lead to another have no header.
 */
export function addWayBack(html: string, path: string): string {
  if (html.includes(`http-equiv="refresh"`)) return html;
  if (!html.includes(BREADCRUMBS)) throw new Error(`${path} has no ${BREADCRUMBS} for the link`);
  const link = `<li><a href="${baseOf(path)}index.html" class="contextLink">Guide</a></li>`;
  return html.replace(BREADCRUMBS, `${BREADCRUMBS}${link}<li aria-hidden="true">/</li>`);
}

interface DocNode {
  readonly name: string;
  readonly kind: readonly { readonly title: string }[];
  /** `.` or `./entry`, as in `exports`. */
  readonly file: string;
  readonly doc: string;
  readonly url: string;
}

/** The exported names in the index of `deno doc`; what several entry points export counts once. */
export function readNames(script: string, name: string): readonly SearchEntry[] {
  const json = /DENO_DOC_SEARCH_INDEX = (\{[^]*\});?\s*\}\)/.exec(script)?.[1];
  if (json === undefined) throw new Error("deno doc wrote a search index of another form");
  const { nodes }: { readonly nodes: readonly DocNode[] } = JSON.parse(json);
  const entries = new Map<string, SearchEntry>();
  for (const { name: heading, kind, file, doc, url } of nodes) {
    const text = `${kind.map(({ title }) => title).join(", ")}. ${doc}`, key = heading + text;
    // Members are on the page of their type.
    if (heading.includes(".") || entries.has(key)) continue;
    const title = posix.join(name, file);
    entries.set(key, { title, heading, url: posix.join(API_FOLDER, url), text });
  }
  return [...entries.values()];
}
