/**
 * Builds the npm package with dnt, for a release. dnt comes from JSR and is imported in this file
 * only, so that no other task needs JSR. For everyday work and the gate, `deno task pack` makes the
 * same package without a registry.
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

/** In a variable, so that the type check and the tests do not load it. */
const DNT = "jsr:@deno/dnt@0.42.3";

/** The part of dnt that is used here. */
interface Dnt {
  build(options: DntOptions): Promise<void>;
  emptyDir(path: string): Promise<void>;
}

process.chdir(ROOT); // dnt takes paths relative to the working directory
const { build, emptyDir }: Dnt = await import(DNT);
const options = makeDntOptions(readConfig());
await emptyDir(options.outDir);
await build(options);
// dnt writes this file for packages of two kinds of modules. Bundlers read `sideEffects` in the
// nearest package.json: without it they would put servers into the browser's client.
await rm(join(PACKAGE_FOLDER, "esm", "package.json"), { force: true });
for (const name of DOCUMENTS) await copyFile(name, join(PACKAGE_FOLDER, name));
