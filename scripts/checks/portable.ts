/**
 * Without this check a type of Deno or Node would slip into code that must run in a
 * browser, and only its users would find out.
 *
 * It type-checks the library with the ECMAScript and DOM types only. Left out are the adapters, and
 * the entry points that stand on the main one, which loads an adapter.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { listSources, readGraph } from "./imports.ts";
import { withCompilerOptions } from "../lib/deno_config.ts";
import { isPortable } from "./import_rules.ts";
import { ROOT } from "../lib/runtimes.ts";

/**
 * Compiles `files` (relative to `root`) without the types of a runtime. Returns the complaints, or
 * `""`.
 */
export function checkPortable(root: string, files: readonly string[]): string {
  // `deno check` knows the types of node: modules whatever `lib` says.
  const nodeImports = readGraph(root, files).flatMap(({ path, imports }) =>
    imports.filter(({ target }) => target.startsWith("node:"))
      .map(({ target }) => `${path} imports ${target}`)
  );
  const lib = ["esnext", "dom", "dom.iterable", "dom.asynciterable"];
  return withCompilerOptions({ lib }, (config) => {
    const args = ["check", "--quiet", "--config", config, ...files.map((file) => join(root, file))];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    return [...nodeImports, ...status === 0 ? [] : [stderr]].join("\n");
  });
}

/** The portable files that load none that is not. */
function listPortable(): readonly string[] {
  const sources = listSources(ROOT);
  const bound = new Set(sources.filter((path) => !isPortable(path)));
  const graph = readGraph(ROOT, sources);
  for (let before = -1; before < bound.size;) {
    before = bound.size;
    for (const { path, imports } of graph) {
      if (imports.some(({ target }) => bound.has(target))) bound.add(path);
    }
  }
  return sources.filter((path) => !bound.has(path));
}

if (import.meta.main) {
  const files = listPortable();
  const complaints = checkPortable(ROOT, files);
  if (complaints) {
    console.error(complaints);
    process.exit(1);
  }
  console.log(`${files.length} files need no runtime's types`);
}
