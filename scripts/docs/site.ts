/**
 * Builds the site into `site/`: the guide, the API reference, a search over both, and `llms.txt`.
 * Without it the reference would have no pages, and the guide no search.
 *
 *     deno task docs:site
 *
 * Any web server can serve the folder, under any path. Exits with 1 if a link on it is dead.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { readConfig } from "../lib/deno_config.ts";
import { ROOT } from "../lib/runtimes.ts";
import { METADATA } from "../package/metadata.ts";
import { listEntryPoints, writeApi } from "./api.ts";
import { writeGuide, writeInto } from "./guide.ts";
import { printAll, printIndex } from "./llms.ts";
import { loadRenderer } from "./markdown.ts";
import { findDeadSiteLinks } from "./site_links.ts";

const output = join(ROOT, "site"), config = readConfig(), { name } = config;
const [, owner = "", project = ""] =
  /github\.com\/([^/]+)\/([^/]+)\.git$/.exec(METADATA.repository.url) ?? [];
const repository = `https://github.com/${owner}/${project}`;

rmSync(output, { recursive: true, force: true });
const entryPoints = listEntryPoints(config), render = await loadRenderer();
const guide = writeGuide({ root: ROOT, output, name, repository, entryPoints, render });
const names = await writeApi(config, output), entries = [...guide.entries, ...names];
const site = `https://${owner}.github.io/${project}/`;
const llms = { name, summary: `${METADATA.description}.`, site, entryPoints };
const index = printIndex(guide, llms);
writeInto(output, "llms.txt", index);
writeInto(output, "llms-full.txt", printAll(guide, llms));
writeInto(output, "search.json", JSON.stringify(entries));

const indexed = [...index.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) =>
  link.replace(site, "")
);
const deadLinks = findDeadSiteLinks(output, [
  { path: "llms.txt", links: indexed },
  { path: "search.json", links: entries.map(({ url }) => url) },
]);
for (const link of deadLinks) console.error(`dead link: ${link}`);
console.log(`${guide.pages.length} pages and ${names.length} names of the API are in ${output}`);
if (deadLinks.length > 0) process.exit(1);
