/**
 * Without this check the protocol would sooner or later import a socket. Then it could neither be
 * tested without one nor run on another runtime.
 *
 * The check compares the imports of `mod.ts` and of all modules in `src`, as `deno info` lists
 * them, with {@linkcode LAYERS}.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkGraph, checkWords, type ModuleImports } from "./import_rules.ts";
import { ROOT } from "../lib/runtimes.ts";

/** The part of `deno info --json` that is used here. */
interface GraphJson {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** The library's files, relative to `root`. */
export function listSources(root: string): readonly string[] {
  const found = globSync("src/**/*.ts", { cwd: root }).map((path) => path.replaceAll("\\", "/"));
  return [...existsSync(join(root, "mod.ts")) ? ["mod.ts"] : [], ...found.sort()];
}

/** Reads the imports of each of `files` with Deno's own parser. Runs on Deno only. */
export function readGraph(root: string, files: readonly string[]): readonly ModuleImports[] {
  const folder = mkdtempSync(join(tmpdir(), "fullduplex-graph-"));
  try {
    const entry = join(folder, "all.ts");
    const urls = files.map((file) => pathToFileURL(join(root, file)).href);
    writeFileSync(entry, urls.map((url) => `import ${JSON.stringify(url)};\n`).join(""));
    const args = ["info", "--json", "--no-remote", "--no-npm", entry];
    const json = execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
    const { modules } = JSON.parse(json) as GraphJson;
    const toPath = (url: string) =>
      url.startsWith("file:") ? relative(root, fileURLToPath(url)).replaceAll("\\", "/") : url;
    return modules.filter(({ specifier }) => urls.includes(specifier)).map((module) => ({
      path: toPath(module.specifier),
      imports: (module.dependencies ?? []).map(({ specifier, code, type, isDynamic = false }) => ({
        target: toPath(code?.specifier ?? type?.specifier ?? specifier),
        typeOnly: code === undefined,
        isLate: isDynamic,
      })),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All violations of the rules in a repository. */
export function checkRepository(root: string): readonly string[] {
  const files = listSources(root);
  return [
    ...checkGraph(readGraph(root, files)),
    ...files.flatMap((file) => checkWords(file, readFileSync(join(root, file), "utf8"))),
  ];
}

if (import.meta.main) {
  const violations = checkRepository(ROOT);
  for (const violation of violations) console.error(violation);
  if (violations.length > 0) process.exit(1);
  console.log(`${listSources(ROOT).length} files keep the rules between layers`);
}
