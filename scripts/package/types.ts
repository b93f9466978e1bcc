/**
 * Compiles a user's file against the installed package with TypeScript's own compiler. Without it
 * the declarations would only be read by Deno, which knows more types than most projects.
 *
 * @module
 */
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, run } from "../lib/process.ts";
import { findRuntime, install, ROOT } from "../lib/runtimes.ts";

/** The last compiler in JavaScript, and the newest. `check:declarations` tries older ones. */
export const COMPILERS: readonly string[] = ["typescript@5.9", "typescript@7.0"];
/** The only one for the same files installed by another manager. */
export const NEWEST = "typescript@7.0";
const NODE_TYPES = "@types/node@22";
const COMPILE_MS = 300_000;

/** One way to compile. Nothing here skips the package's declarations. */
export interface Compilation {
  readonly compiler: string;
  /** `moduleResolution`. */
  readonly resolution: "node16" | "bundler";
  /** A file of tests/package. */
  readonly file: string;
}

/** All ways to compile by these. */
export function listCompilations(compilers: readonly string[]): readonly Compilation[] {
  return compilers.flatMap((compiler) => [
    { compiler, resolution: "node16", file: "user.ts" } as const,
    { compiler, resolution: "bundler", file: "user.ts" } as const,
    { compiler, resolution: "bundler", file: "browser_user.ts" } as const,
  ]);
}

/** Compiles in a project. The compiler and the types of Node stay outside, in `.cache`. */
export async function compile(
  folder: string,
  { compiler, resolution, file }: Compilation,
): Promise<Ended> {
  const tools = join(ROOT, ".cache", `${compiler}-${NODE_TYPES.replace("/", "-")}`);
  if (!existsSync(tools)) await install([compiler, NODE_TYPES], tools);
  copyFileSync(join(ROOT, "tests", "package", file), join(folder, file));
  const isForBrowsers = file.startsWith("browser");
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    module: resolution === "node16" ? "node16" : "esnext",
    moduleResolution: resolution,
    target: "es2023",
    // A user on Node need not have the types of browsers, nor one in a browser those of Node.
    lib: isForBrowsers ? ["es2023", "esnext.disposable", "dom", "dom.iterable"] : ["es2023"],
    typeRoots: [join(tools, "node_modules", "@types")],
    types: isForBrowsers ? [] : ["node"],
  };
  const config = join(folder, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = join(tools, "node_modules", "typescript", "bin", "tsc");
  const { path } = await findRuntime("node24");
  return await run({ file: path, arguments: [tsc, "-p", config], folder }, COMPILE_MS);
}
