/**
 * Builds the npm package with dnt, which comes from JSR and is imported here alone, so that
 * no other task needs JSR. Where it cannot be had, `deno task pack` makes the same package.
 *
 *     deno run -A scripts/package/build_npm.ts && deno task test:package
 *
 * @module
 */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { readConfig } from "../lib/deno_config.ts";
import { type DntOptions, DOCUMENTS, makeDntOptions, PACKAGE_FOLDER } from "./metadata.ts";
import { ROOT } from "../lib/runtimes.ts";

/** A variable, so that neither the type check nor the tests look for it. */
const DNT = "jsr:@deno/dnt@0.42.3";

/** What is used of dnt. */
interface Dnt {
  build(options: DntOptions): Promise<void>;
  emptyDir(path: string): Promise<void>;
}

process.chdir(ROOT); // dnt takes paths relative to the working directory
const { build, emptyDir }: Dnt = await import(DNT);
const options = makeDntOptions(readConfig());
await emptyDir(options.outDir);
await build(options);
// dnt writes it for packages of two kinds of modules. It would hide `sideEffects` of the
// package from bundlers, who take the nearest, and put servers into the browser's client.
await rm(join(PACKAGE_FOLDER, "esm", "package.json"), { force: true });
for (const name of DOCUMENTS) await copyFile(name, join(PACKAGE_FOLDER, name));
