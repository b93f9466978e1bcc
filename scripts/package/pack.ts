/**
 * Builds the npm package with Deno alone: `deno pack` compiles, and the `package.json` comes from
 * the same data as that of `build_npm.ts`, which a release uses. Without it the package could only
 * be made and tested where JSR can be reached.
 *
 *     deno task pack        writes npm/ and .cache/package/*.tgz
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { readConfig } from "../lib/deno_config.ts";
import { makeTarball, TARBALL_FOLDER } from "./npm_package.ts";
import { makePackageJson, PACKAGE_FOLDER } from "./metadata.ts";
import { ROOT } from "../lib/runtimes.ts";

function run(file: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(file, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${status}:\n${stderr}`);
}

/** Compiles into `folder`/package. */
function compile(folder: string): string {
  const tarball = join(folder, "deno.tgz");
  // Without source maps: they carry the sources a second time, and the code is readable.
  const flags = ["--quiet", "--allow-dirty", "--no-source-maps"];
  run(process.execPath, "pack", ...flags, "--output", tarball);
  run("tar", "-xzf", tarball, "-C", folder);
  return join(folder, "package");
}

/** Deno and we must mean the same entry points, and every target must be there. */
function checkExports(compiled: string): void {
  const theirs = JSON.parse(fs.readFileSync(join(compiled, "package.json"), "utf8"));
  const { exports } = makePackageJson(readConfig(), ".");
  const [ours, others] = [exports, theirs.exports].map((all) => Object.keys(all).sort().join(" "));
  if (ours !== others) throw new Error(`entry points: ${ours}, but Deno has ${others}`);
  if (theirs.dependencies !== undefined) throw new Error("the package must have no dependencies");
  for (const target of Object.values(exports).flatMap((targets) => Object.values(targets))) {
    if (!fs.existsSync(join(compiled, target))) throw new Error(`${target} was not compiled`);
  }
}

const made = join(ROOT, PACKAGE_FOLDER);
fs.mkdirSync(TARBALL_FOLDER, { recursive: true });
const folder = fs.mkdtempSync(join(TARBALL_FOLDER, "pack-"));
try {
  const compiled = compile(folder);
  checkExports(compiled);
  const packageJson = makePackageJson(readConfig(), ".");
  fs.writeFileSync(join(compiled, "package.json"), `${JSON.stringify(packageJson, null, 2)}\n`);
  fs.rmSync(made, { recursive: true, force: true });
  fs.renameSync(compiled, made);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
const { path, bytes, files } = makeTarball();
console.log(`${files.length} files in ${PACKAGE_FOLDER}/, ${bytes} bytes in ${path}`);
