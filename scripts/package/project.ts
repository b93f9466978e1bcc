/**
 * Projects of made-up users who install the package by npm, by Bun, or from JSR; instead of that
 * registry there is a folder with the files that would be published. Without it the package would
 * only be loaded from the repository that it was made in.
 *
 * @module
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readConfig } from "../lib/deno_config.ts";
import { type Command, type Ended, run } from "../lib/process.ts";
import { findRuntime, ROOT } from "../lib/runtimes.ts";

/** A package manager. */
export type Manager = "npm" | "bun" | "jsr";

const INSTALL_MS = 300_000;

/** Where to install from. */
export interface PackageSource {
  /** The npm package. */
  readonly tarball: string;
  /** A folder for whatever is made. */
  readonly workFolder: string;
}

/** Runs a command to its end. Throws an error with its output unless it exits with 0. */
export async function mustRun(command: Command, timeoutMs = INSTALL_MS): Promise<Ended> {
  const ended = await run(command, timeoutMs);
  if (ended.code === 0) return ended;
  const { file, arguments: list } = command;
  const end = ended.code === null ? `was ended after ${timeoutMs} ms` : `ended with ${ended.code}`;
  throw new Error(`${file} ${list.join(" ")} ${end}\n${ended.output}${ended.errors}`);
}

/** The command that installs the package. */
export async function installCommand(manager: Manager, source: PackageSource): Promise<Command> {
  if (manager === "npm") {
    const flags = ["--no-audit", "--no-fund", "--no-update-notifier"];
    return { file: "npm", arguments: ["install", ...flags, source.tarball] };
  }
  const { path } = await findRuntime("bun");
  // Bun remembers tarballs by their path: today's must not be yesterday's.
  const environment = { BUN_INSTALL_CACHE_DIR: join(source.workFolder, "bun-cache") };
  return { file: path, arguments: ["add", source.tarball], environment };
}

/** Makes an empty project and installs the package. */
export async function makeProject(manager: Manager, source: PackageSource): Promise<string> {
  const folder = mkdtempSync(join(source.workFolder, `${manager}-`));
  if (manager === "jsr") {
    linkFromJsr(folder, await copyPublished(source.workFolder));
    return folder;
  }
  writeFileSync(join(folder, "package.json"), `{ "private": true, "type": "module" }\n`);
  await mustRun({ ...await installCommand(manager, source), folder });
  return folder;
}

/** All packages under a project's `node_modules`, at any depth. */
export function listInstalled(folder: string): readonly string[] {
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).sort().filter((name) => !name.startsWith("."));
  const packages = names.flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((own) => `${name}/${own}`) : [name]
  );
  return packages.flatMap((name) => [name, ...listInstalled(join(modules, name))]);
}

/**
 * Writes the configuration that `deno add` writes, with a link to a folder in place of the
 * registry.
 */
export function linkFromJsr(folder: string, published: string): void {
  const { name, version } = readConfig();
  const config = { imports: { [name]: `jsr:${name}@^${version}` }, links: [published] };
  writeFileSync(join(folder, "deno.json"), `${JSON.stringify(config, null, 2)}\n`);
}

/** Copies the files that `deno publish` would send, and only these. */
export async function copyPublished(workFolder: string): Promise<string> {
  const folder = join(workFolder, "published");
  if (existsSync(folder)) return folder;
  const files = await listPublished();
  for (const file of [...files, "deno.json"]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  return folder;
}

/** The files that `deno publish` would send, relative to the repository. */
export async function listPublished(): Promise<readonly string[]> {
  const { path } = await findRuntime("deno");
  const args = ["publish", "--dry-run", "--allow-dirty"];
  const { output, errors } = await mustRun({ file: path, arguments: args });
  const root = pathToFileURL(ROOT).href;
  const urls = (output + errors).matchAll(/^ +(file:\S+) \(.*\)$/gm);
  const files = [...urls].map(([, url = ""]) => url).filter((url) => url.startsWith(root))
    .map((url) => relative(ROOT, fileURLToPath(url)).replaceAll("\\", "/"));
  if (files.length === 0) throw new Error(`deno publish lists no file:\n${errors}`);
  return files.sort();
}

/** Whether a file of the repository belongs into the package: no tests, scripts, examples. */
export function isForUsers(file: string): boolean {
  return file === "mod.ts" || file === "deno.json" || /^src\/.*\.ts$/.test(file) ||
    /^(?:README|LICENSE|CHANGELOG)(?:\.md)?$/.test(file);
}
