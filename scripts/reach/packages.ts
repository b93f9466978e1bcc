/**
 * The npm packages of `deno task test:reach`, each row's in a folder of its own. Without it two
 * rows could not use different versions of one package.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { install, ROOT } from "../lib/runtimes.ts";

/** Installs the packages, unless that has happened; gives the folder that has `node_modules`. */
export async function installPackages(packages: readonly string[]): Promise<string> {
  const name = packages.join("+").replaceAll("/", "_");
  const folder = join(ROOT, ".cache", "reach", name);
  if (!existsSync(folder)) await install(packages, folder);
  // From here a bare name is looked for in this folder's `node_modules`, on every runtime.
  const loader = join(folder, "load.mjs");
  if (!existsSync(loader)) await writeFile(loader, "export const load = (name) => import(name);\n");
  return folder;
}
