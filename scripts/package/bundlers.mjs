/**
 * Bundles a program for browsers with esbuild, Vite, webpack and Rollup, each as its users do, and
 * prints what each made as JSON: `{ "esbuild": { "bytes", "gzipBytes", "files" }, ... }`.
 * `bundlers.ts` starts it on Node, because bundlers are made for it, and its gzip is the one that
 * servers use; Deno's comes to other sizes.
 *
 *     node bundlers.mjs FOLDER PROGRAM     FOLDER has node_modules with the bundlers, PROGRAM is a path in it
 *
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [folder, program] = process.argv.slice(2);
process.chdir(folder);
const { resolve } = createRequire(join(folder, "package.json"));
const load = async (name) => await import(pathToFileURL(resolve(name)).href);

const BUNDLERS = {
  async esbuild(outdir) {
    const { build } = await load("esbuild");
    const options = { bundle: true, minify: true, format: "esm", platform: "browser" };
    await build({ ...options, entryPoints: [program], outdir, preserveSymlinks: true });
  },
  async vite(outDir) {
    const { build } = await import(
      pathToFileURL(join(folder, "node_modules/vite/dist/node/index.js")).href
    );
    const rollupOptions = { input: program };
    const options = { outDir, rollupOptions, modulePreload: { polyfill: false } };
    await build({
      configFile: false,
      logLevel: "error",
      resolve: { preserveSymlinks: true },
      build: options,
    });
  },
  async webpack(path) {
    const { default: webpack } = await load("webpack");
    const options = {
      mode: "production",
      entry: `./${program}`,
      output: { path },
      resolve: { symlinks: false },
    };
    await new Promise((done, fail) =>
      webpack(options, (error, stats) => {
        if (error ?? stats.hasErrors()) fail(error ?? new Error(stats.toString()));
        else done();
      })
    );
  },
  async rollup(dir) {
    const { rollup } = await load("rollup");
    const { nodeResolve } = await load("@rollup/plugin-node-resolve");
    const { default: terser } = await load("@rollup/plugin-terser");
    const plugins = [nodeResolve({ browser: true }), terser({ module: true })];
    const bundle = await rollup({ input: program, plugins, preserveSymlinks: true });
    await bundle.write({ dir, format: "es" });
    await bundle.close();
  },
};

const made = {};
for (const [name, bundle] of Object.entries(BUNDLERS)) {
  const out = mkdtempSync(join(tmpdir(), `fullduplex-${name}-`));
  await bundle(out);
  const files = readdirSync(out, { recursive: true }).filter((file) => /\.m?js$/.test(file))
    .map((file) => readFileSync(join(out, file)));
  made[name] = {
    bytes: files.reduce((sum, { length }) => sum + length, 0),
    gzipBytes: files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0),
    files: files.length,
  };
  rmSync(out, { recursive: true, force: true });
}
console.log(JSON.stringify(made));
process.exit(0);
