/**
 * Without this check the public documentation would rot: exported names would lack a description,
 * and examples would no longer compile or run. Bun's examples and the README's are run by
 * `task test:package`.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { listSources } from "./imports.ts";
import { findDeadLinks, listDocuments } from "./links.ts";
import { readConfig, withCompilerOptions } from "../lib/deno_config.ts";
import { readDocExamples } from "./doc_code.ts";
import { DENO_FLAGS, ROOT } from "../lib/runtimes.ts";

/** Runs Deno. Returns whether it exited with 0. */
function runDeno(...args: readonly string[]): boolean {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" }).status === 0;
}

/** Pages of the guide; their programs run here, those of the README in `test:package`. */
const PAGES = listDocuments(ROOT).filter((path) => path.startsWith("docs/"));
const isThere = (path: string) => existsSync(join(ROOT, path));
const entries = Object.values(readConfig().exports);
const missing = entries.filter((entry) => !isThere(entry));
for (const entry of missing) console.error(`${entry} is exported by deno.json and does not exist`);

const withoutExample = entries.filter(isThere).filter((entry) => {
  const [moduleDoc = ""] = readFileSync(join(ROOT, entry), "utf8").split("*/", 1);
  // One that needs a package of the user's, or a server, is marked `ts ignore`.
  const hasExample = readDocExamples(moduleDoc).length > 0 || moduleDoc.includes("```ts ignore");
  return !moduleDoc.includes("@module") || !hasExample;
});
for (const entry of withoutExample) console.error(`${entry} has no module doc with an example`);
const documented = runDeno("doc", "--lint", ...entries.filter(isThere));
// Deno adds an import of all exports of a module to each of its examples, so that most are unused.
const compiled = withCompilerOptions({ noUnusedLocals: false }, (config) => {
  const documents = ["README.md", ...PAGES, ...listSources(ROOT)].filter(isThere);
  return runDeno("check", "--quiet", "--config", config, "--doc-only", ...documents);
});
const examples = listSources(ROOT).filter((path) => !path.startsWith("src/runtime/bun/"));
const ran = runDeno(
  "test",
  ...DENO_FLAGS,
  "--quiet",
  "--doc",
  "--reporter=dot",
  ...PAGES,
  ...examples,
);
const deadLinks = findDeadLinks(ROOT, listDocuments(ROOT));
for (const link of deadLinks) console.error(`dead link: ${link}`);
const bad = [...missing, ...withoutExample, ...deadLinks];
if (!documented || !compiled || !ran || bad.length > 0) process.exit(1);
