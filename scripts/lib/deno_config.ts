/**
 * This repository's `deno.json`, and variations of it with other compiler options for some checks.
 * Without it each of these scripts would have a copy of the list of entry points.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./runtimes.ts";

/** The parts of `deno.json` that scripts read. */
export interface DenoConfig {
  /** The package's name. */
  readonly name: string;
  /** The package's version. */
  readonly version: string;
  /** The package's license, as SPDX names it. */
  readonly license: string;
  /** Entry points: `.` or `./name` to path. */
  readonly exports: Readonly<Record<string, string>>;
  /** Options of the type check. */
  readonly compilerOptions: Readonly<Record<string, unknown>>;
}

/** Reads `deno.json`. */
export function readConfig(): DenoConfig {
  return JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));
}

/**
 * Calls `use` with the path of a configuration that has other compiler options. The package's own
 * name still means its files there.
 */
export function withCompilerOptions<T>(
  changes: Readonly<Record<string, unknown>>,
  use: (configPath: string) => T,
): T {
  const { name, exports, compilerOptions } = readConfig();
  const imports = Object.fromEntries(
    Object.entries(exports).map(([key, path]) =>
      [key.replace(".", name), pathToFileURL(join(ROOT, path)).href] as const
    ),
  );
  const folder = mkdtempSync(join(tmpdir(), "fullduplex-config-"));
  try {
    const path = join(folder, "deno.json");
    const config = { compilerOptions: { ...compilerOptions, ...changes }, imports };
    writeFileSync(path, JSON.stringify(config));
    return use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
