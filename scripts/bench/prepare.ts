/**
 * Installs and builds what the benchmark compares with into `.cache/bench`: the packages of
 * npm in the versions named here, the load generator, and the Go and Rust servers.
 *
 * @module
 */
import { existsSync, globSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import process from "node:process";
import { onRuntime } from "../lib/on_runtime.ts";
import { run } from "../lib/process.ts";
import { findRuntime, install, ROOT } from "../lib/runtimes.ts";
import { type Installed, RUNTIME_OF } from "./servers.ts";
import type { Load as Workload } from "./workloads.ts";

/** Packages of npm, with their versions. */
export const PACKAGES = ["ws@8.23.0", "bufferutil@4.1.0", "crossws@0.4.17"] as const;

/** Where everything is put. */
export const CACHE: string = join(ROOT, ".cache", "bench");
const SOURCES = join(ROOT, "scripts", "bench");
const BUILD_MS = 600_000;

/** The command that starts the load generator. */
export interface Load {
  readonly command: readonly string[];
  /** Whether it is the one in C, which alone has every mode. */
  readonly isComplete: boolean;
  /** Whether it was built with OpenSSL. */
  readonly hasTls: boolean;
}

/** Whether a load generator can do what a cell asks for. */
export function canLoad({ isComplete, hasTls }: Load, { mode, isTls = false }: Workload): boolean {
  const isSimple = mode === "echo" || mode === "idle" || mode === "handshakes";
  return (isComplete || isSimple) && (hasTls || !isTls);
}

/** Finds a program on `PATH`. */
export function which(name: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Whether one of the sources is younger than what was built of them. */
function isStale(built: string, sources: string): boolean {
  if (!existsSync(built)) return true;
  const time = statSync(built).mtimeMs;
  return globSync(sources, { cwd: SOURCES }).some((file) =>
    statSync(join(SOURCES, file)).mtimeMs > time
  );
}

async function build(name: string, file: string, list: string[], environment = {}): Promise<void> {
  console.error(`building ${name}`);
  const { code, output, errors } = await run({ file, arguments: list, environment }, BUILD_MS);
  if (code !== 0) throw new Error(`${name}: ${file} ended with ${code}\n${output}${errors}`);
}

/** Builds the load generator; without a C compiler, or not on Linux, it is the one on Bun. */
export async function prepareLoad({ onBun }: { onBun: boolean }): Promise<Load> {
  const compiler = ["cc", "gcc", "clang"].find((name) => which(name) !== null);
  if (onBun || process.platform !== "linux" || compiler === undefined) {
    const { file, arguments: list } = await onRuntime("bun", "scripts/bench/load_bun/main.ts");
    return { command: [file, ...list], isComplete: false, hasTls: false };
  }
  const hasTls = await findOpenSsl();
  if (!hasTls) console.error(`no ${OPENSSL}: nothing is measured over TLS`);
  const built = join(CACHE, hasTls ? "load-tls" : "load");
  if (isStale(built, "load/*")) {
    const sources = globSync("load/*.c", { cwd: SOURCES }).map((file) => join(SOURCES, file));
    await mkdir(CACHE, { recursive: true });
    const flags = hasTls ? ["-DWITH_TLS", "-lssl", "-lcrypto"] : [];
    const list = ["-std=gnu11", "-O2", "-o", built, ...sources, ...flags];
    await build("the load generator", compiler, list);
  }
  return { command: [built], isComplete: true, hasTls };
}

const OPENSSL = "/usr/include/openssl/ssl.h";

/** Whether OpenSSL's headers are there; as root on Debian they are installed. */
async function findOpenSsl(): Promise<boolean> {
  if (!existsSync(OPENSSL) && process.getuid?.() === 0 && which("apt-get") !== null) {
    const environment = { DEBIAN_FRONTEND: "noninteractive" };
    for (const list of [["update"], ["install", "-y", "--no-install-recommends", "libssl-dev"]]) {
      await build("libssl-dev", "apt-get", ["-qq", ...list], environment);
    }
  }
  return existsSync(OPENSSL);
}

/** Builds the Go and the Rust server; gives the names of those that are there. */
export async function prepareCompiled(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const go = join(CACHE, "go", "bench");
  if (which("go") !== null) {
    if (isStale(go, "peers/go/*")) {
      await build("the Go server", "go", ["build", "-C", join(SOURCES, "peers/go"), "-o", go, "."]);
    }
    found.add("go");
  }
  if (which("cargo") !== null) {
    if (isStale(join(CACHE, "rust", "release", "bench"), "peers/rust/{Cargo.lock,src/*}")) {
      const manifest = join(SOURCES, "peers", "rust", "Cargo.toml");
      const flags = ["--release", "--quiet", "--locked", "--manifest-path", manifest];
      await build("the Rust server", "cargo", ["build", ...flags], {
        CARGO_TARGET_DIR: join(CACHE, "rust"),
      });
    }
    found.add("rust");
  }
  return found;
}

/** Installs the runtimes and the packages of npm. */
export async function prepareServers(): Promise<Installed> {
  for (const name of Object.values(RUNTIME_OF)) await findRuntime(name);
  const folder = join(CACHE, "npm");
  if (!existsSync(join(folder, "node_modules"))) {
    await mkdir(CACHE, { recursive: true });
    await install(PACKAGES, folder);
  }
  return { cache: CACHE, onRuntime };
}
