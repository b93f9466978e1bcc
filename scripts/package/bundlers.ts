/**
 * The size of a browser's client as the bundlers of npm make it, with their defaults. Without it
 * the limit would hold for one bundler, and others add a kilobyte, for example for modules that are
 * loaded late.
 *
 * @module
 */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../lib/process.ts";
import { findRuntime, install, ROOT } from "../lib/runtimes.ts";
import { PACKAGE_FOLDER } from "./metadata.ts";

const PACKAGES = [
  "esbuild@0.28.2",
  "vite@8.4.0",
  "webpack@5.113.0",
  "rollup@4.68.8",
  "@rollup/plugin-node-resolve@16.0.3",
  "@rollup/plugin-terser@1.0.2",
];
const BUILD_MS = 300_000;
const PROGRAM = "client.mjs";

/** The output of one bundler for a program. */
export interface BundlerResult {
  readonly bytes: number;
  /** The sum of its files, each by itself. */
  readonly gzipBytes: number;
  readonly files: number;
}

/** Bundles `connect` for browsers with each bundler. Gives the results by the bundlers' names. */
export async function bundleClient(
  packageName: string,
): Promise<Readonly<Record<string, BundlerResult>>> {
  const folder = join(ROOT, ".cache", "bundlers");
  if (!existsSync(folder)) await install(PACKAGES, folder);
  const link = join(folder, "node_modules", packageName);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join(ROOT, PACKAGE_FOLDER), link, "dir");
  const code = `import { connect } from "${packageName}";\nglobalThis.connect = connect;\n`;
  writeFileSync(join(folder, PROGRAM), code);
  const { path } = await findRuntime("node24");
  const script = join(ROOT, "scripts", "package", "bundlers.mjs");
  const { code: status, output, errors } = await run(
    { file: path, arguments: [script, folder, PROGRAM] },
    BUILD_MS,
  );
  if (status !== 0) throw new Error(`bundlers.mjs ended with ${status}\n${errors}`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}
