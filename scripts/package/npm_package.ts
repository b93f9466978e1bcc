/**
 * The package in `npm/`, by either builder: whether it is up to date, and its tarball. Without it
 * the tests of the package could run on yesterday's.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { listSources } from "../checks/imports.ts";
import { DOCUMENTS, PACKAGE_FOLDER, type PackageJson } from "./metadata.ts";
import { ROOT } from "../lib/runtimes.ts";

/** Where tarballs go. */
export const TARBALL_FOLDER: string = join(ROOT, ".cache", "package");

/** A tarball, as npm would publish it. */
export interface Tarball {
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** Its files. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Whether the package exists and is younger than all its sources. */
export function isUpToDate(): boolean {
  const made = join(ROOT, PACKAGE_FOLDER, "package.json");
  if (!existsSync(made)) return false;
  const makers = ["metadata.ts", "pack.ts", "build_npm.ts"].map((name) =>
    `scripts/package/${name}`
  );
  const { mtimeMs } = statSync(made);
  return [...listSources(ROOT), ...DOCUMENTS, ...makers, "deno.json"]
    .every((path) => statSync(join(ROOT, path)).mtimeMs <= mtimeMs);
}

/** Makes the package by `deno task pack`, unless it is up to date. */
export function ensurePackage(): void {
  if (isUpToDate()) return;
  const args = ["run", "-A", "scripts/package/pack.ts"];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new Error(`scripts/package/pack.ts ended with ${status}`);
}

/** The `package.json` of the package. */
export function readPackageJson(): PackageJson {
  return JSON.parse(readFileSync(join(ROOT, PACKAGE_FOLDER, "package.json"), "utf8"));
}

/** Makes the tarball of `npm/`, by npm itself. */
export function makeTarball(): Tarball {
  mkdirSync(TARBALL_FOLDER, { recursive: true });
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", TARBALL_FOLDER];
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: join(ROOT, PACKAGE_FOLDER),
    encoding: "utf8",
    shell: process.platform === "win32", // npm is npm.cmd there
  });
  if (status !== 0) throw new Error(`npm pack ended with ${status}: ${stderr}`);
  const answer: unknown = JSON.parse(stdout);
  // An array until npm 11, then an object by name.
  const [packed] = Object.values(answer as Record<string, Packed>);
  if (packed === undefined) throw new Error("npm pack made nothing");
  const { filename, size, files } = packed;
  return { path: join(TARBALL_FOLDER, filename), bytes: size, files };
}

/** The output of `npm pack --json` for one package. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: Tarball["files"];
}
