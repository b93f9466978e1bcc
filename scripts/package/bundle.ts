/**
 * Bundles of the package as its users make them, by esbuild, and what must not be in them.
 * Without it nobody would notice a browser that downloads a server.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { PACKAGE_FOLDER } from "./metadata.ts";
import { install, ROOT } from "../lib/runtimes.ts";

const ESBUILD = "esbuild@0.28.2";

/** The program to bundle, and its platform. */
export interface BundleRequest {
  /** A program that imports the package by its name. */
  readonly code: string;
  readonly platform: "browser" | "node";
  /** Conditions of `exports` besides those of the platform. */
  readonly conditions?: readonly string[];
  /** Whether modules that are imported late count. Default `true`. */
  readonly countsLate?: boolean;
}

/** A bundle. */
export interface Bundle {
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Files of the package that left something in it, and what it imports at run time. */
  readonly modules: readonly string[];
}

/** The part of esbuild that is used here. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{
    readonly outputFiles: readonly { readonly path: string; readonly contents: Uint8Array }[];
    readonly metafile: Metafile;
  }>;
  stop(): Promise<void>;
}

/** The part of esbuild's metafile that is used. */
export interface Metafile {
  readonly outputs: Readonly<
    Record<string, {
      readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
      readonly imports: readonly { readonly path: string; readonly external?: boolean }[];
      readonly entryPoint?: string;
    }>
  >;
}

/** Leaves out whatever only a dynamic import reaches, as a program does that never comes to it. */
const LATE_IS_EXTERNAL = {
  name: "late imports are external",
  setup(build: { onResolve(filter: object, answer: (asked: Asked) => object | undefined): void }) {
    build.onResolve(
      { filter: /./ },
      ({ kind, path }) => kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/** The part of esbuild's question for a module that is used here. */
interface Asked {
  readonly kind: string;
  readonly path: string;
}

/** Bundles and minifies. */
export async function makeBundles(requests: readonly BundleRequest[]): Promise<readonly Bundle[]> {
  const folder = join(ROOT, ".cache", ESBUILD);
  if (!existsSync(folder)) await install(ESBUILD, folder);
  const { build, stop } = createRequire(join(folder, "package.json"))("esbuild") as Esbuild;
  const absWorkingDir = join(ROOT, PACKAGE_FOLDER), made: Bundle[] = [];
  for (const { code, platform, conditions = [], countsLate = true } of requests) {
    const { outputFiles, metafile } = await build({
      stdin: { contents: code, resolveDir: absWorkingDir },
      absWorkingDir,
      bundle: true,
      minify: true,
      format: "esm",
      outdir: "out",
      splitting: true, // as it is loaded: what only a dynamic import reaches counts as well
      metafile: true,
      write: false,
      platform,
      conditions,
      plugins: countsLate ? [] : [LATE_IS_EXTERNAL],
    });
    const loaded = readLoaded(metafile);
    const sizes = outputFiles
      .filter(({ path }) => loaded.outputs[relative(absWorkingDir, path)] !== undefined)
      .map(({ contents }) => [contents.length, gzip(contents)] as const);
    made.push({
      bytes: sizes.reduce((sum, [bytes]) => sum + bytes, 0),
      gzipBytes: sizes.reduce((sum, [, bytes]) => sum + bytes, 0),
      modules: readModules(loaded),
    });
  }
  await stop();
  return made;
}

function gzip(contents: Uint8Array): number {
  return gzipSync(contents, { level: 9 }).length;
}

/**
 * The outputs that the program can load. esbuild also emits what only a dynamic import in a module
 * reaches that it has left out.
 */
export function readLoaded({ outputs }: Metafile): Metafile {
  const loaded: Record<string, Metafile["outputs"][string]> = {};
  const paths = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === "<stdin>");
  for (const path of paths) {
    const output = outputs[path];
    if (output === undefined || loaded[path] !== undefined) continue;
    loaded[path] = output;
    paths.push(...output.imports.filter(({ external }) => !external).map(({ path }) => path));
  }
  return { outputs: loaded };
}

/** The modules that a bundle holds or loads, sorted. */
export function readModules({ outputs }: Metafile): readonly string[] {
  const names = Object.values(outputs).flatMap(({ inputs, imports }) => [
    ...Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([name]) => name),
    ...imports.filter(({ external }) => external).map(({ path }) => path),
  ]);
  return [...new Set(names)].filter((name) => name !== "<stdin>").sort();
}

/**
 * Folders without use for a browser: other runtimes, servers, our own frames and handshakes,
 * `node:` modules.
 */
export const NOT_FOR_BROWSERS: RegExp =
  /^node:|(?:^|\/)src\/(?:framed|server|client|handshake|transport|runtime\/(?!web\/))/;

/** Modules among these that a browser's client must not load. */
export function findIntruders(modules: readonly string[]): readonly string[] {
  return modules.filter((name) => NOT_FOR_BROWSERS.test(name));
}

/**
 * Folders of entry points of their own. A program that does not import them must not carry them.
 */
const FEATURES = /(?:^|\/)src\/(?:cli|hooks|observe|topics|websocket|ws)\//;

/** Modules of such features in a bundle of the main entry point. */
export function findFeatures(modules: readonly string[]): readonly string[] {
  return modules.filter((name) => FEATURES.test(name));
}
