/**
 * The implementations that ours is tried against, and what it takes to have them: all is
 * installed and built into `.cache/interop`, in the versions named here, in
 * `tests/interop/go/go.mod` and in `tests/interop/rust/Cargo.lock`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { type Command, run } from "../lib/process.ts";
import { onRuntime } from "../lib/on_runtime.ts";
import { install, ROOT, type RuntimeName } from "../lib/runtimes.ts";

/** The package, with its version. */
export const WS = "ws@8.23.0";
const PYTHON_WEBSOCKETS = "websockets==15.0.1";
const BUILD_MS = 300_000;

/** Where everything is put. */
export const CACHE: string = join(ROOT, ".cache", "interop");
const TESTS = join(ROOT, "tests", "interop");
const GO_PEER = join(CACHE, "go", "peer");
const RUST_PEER = join(CACHE, "rust", "debug", "interop");

/** The certificate of all servers, and its authority. */
export const TLS_FILES = {
  ca: join(ROOT, "tests", "helpers", "tls", "ca.pem"),
  cert: join(ROOT, "tests", "helpers", "tls", "cert.pem"),
  key: join(ROOT, "tests", "helpers", "tls", "key.pem"),
} as const;

/** Checks that a library has no means for; all others must pass. */
type Inabilities = readonly string[];

/** An implementation that is not ours. */
export interface Peer {
  readonly name: string;
  readonly client?: { readonly command: Command; readonly cannot: Inabilities };
  readonly server?: { readonly command: Command; readonly cannot: Inabilities };
  /** Whether it is tried over TLS too. */
  readonly hasTls: boolean;
  /** Its programs with compression, each with all the parameters it has. */
  readonly deflate?: { readonly client?: Command; readonly server?: Command };
}

async function build(name: string, file: string, list: string[], environment = {}): Promise<void> {
  const { code, output, errors } = await run({ file, arguments: list, environment }, BUILD_MS)
    .catch((cause: unknown) => {
      throw new Error(`${name}: cannot start ${file}; it must be on PATH`, { cause });
    });
  if (code !== 0) throw new Error(`${name}: ${file} ended with ${code}\n${output}${errors}`);
}

/** Installs npm's `ws`, which is loaded from there. */
export async function installWs(): Promise<void> {
  const folder = join(CACHE, "ws");
  if (existsSync(join(folder, "node_modules", "ws"))) return;
  await mkdir(CACHE, { recursive: true });
  await install(WS, folder);
}

/** Installs Python's `websockets`; returns the folder for `PYTHONPATH`. */
export async function installPython(): Promise<string> {
  const folder = join(CACHE, PYTHON_WEBSOCKETS);
  if (existsSync(folder)) return folder;
  console.error(`installing ${PYTHON_WEBSOCKETS}`);
  // Not a venv, because Debian's Python comes without `ensurepip`.
  const unfinished = `${folder}.${process.pid}`;
  const flags = ["--quiet", "--disable-pip-version-check", "--no-deps", "--target", unfinished];
  await build("Python", "python3", ["-m", "pip", "install", ...flags, PYTHON_WEBSOCKETS]);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return folder;
}

/** Builds the Go peer, which is also the load of the soak test; returns its path. */
export async function buildGo(): Promise<string> {
  console.error("building the Go peer");
  await build("Go", "go", ["build", "-C", join(TESTS, "go"), "-o", GO_PEER, "."]);
  return GO_PEER;
}

async function buildRust(): Promise<string> {
  console.error("building the Rust peer");
  const manifest = join(TESTS, "rust", "Cargo.toml");
  await build("Rust", "cargo", ["build", "--quiet", "--locked", "--manifest-path", manifest], {
    CARGO_TARGET_DIR: join(CACHE, "rust"),
  });
  return RUST_PEER;
}

const NO_FRAMES: Inabilities = ["fragments by the client", "ping by the client"];

/** A runtime's own `WebSocket` and server. */
async function nativePeer(name: RuntimeName, server?: Peer["server"]): Promise<Peer> {
  const command = await onRuntime(name, "tests/interop/native_client.ts");
  // How each runtime is told to trust one more authority.
  const environment = { NODE_EXTRA_CA_CERTS: TLS_FILES.ca, DENO_CERT: TLS_FILES.ca };
  const client = { command: { ...command, environment }, cannot: NO_FRAMES };
  return { name: `${name} native`, client, hasTls: true, ...(server && { server }) };
}

/** A program in another language, the same for both roles. */
function program(name: string, command: Command, hasTls: boolean): Peer {
  const role = (role: string) => ({
    command: { ...command, arguments: [...command.arguments, role] },
    cannot: [],
  });
  return { name, client: role("client"), server: role("server"), hasTls };
}

/** Installs and builds what is missing; returns all peers. */
export async function preparePeers(): Promise<readonly Peer[]> {
  await installWs();
  const websockets = await installPython();
  const ws: Peer = {
    name: "ws",
    client: { command: await onRuntime("node24", "tests/interop/ws_client.ts"), cannot: [] },
    server: { command: await onRuntime("node24", "tests/interop/ws_server.ts"), cannot: [] },
    hasTls: true,
  };
  const denoServer = await onRuntime("deno", "tests/interop/deno_server.ts");
  const bunServer = await onRuntime("bun", "tests/interop/bun_server.ts");
  const pythonCommand: Command = {
    file: "python3",
    arguments: [join(TESTS, "python", "peer.py")],
    environment: { PYTHONPATH: websockets, PYTHONDONTWRITEBYTECODE: "1" },
  };
  const deflate = (name: RuntimeName, file: string) =>
    onRuntime(name, `tests/interop/deflate/${file}.ts`);
  const python = (role: string): Command => ({
    ...pythonCommand,
    arguments: [join(TESTS, "python", "deflate.py"), role],
  });
  return [
    {
      ...ws,
      deflate: {
        client: await deflate("node24", "ws_client"),
        server: await deflate("node24", "ws_server"),
      },
    },
    {
      ...await nativePeer("node24"),
      deflate: { client: await deflate("node24", "native_client") },
    },
    await nativePeer("deno", {
      command: denoServer,
      cannot: ["fragments by the server", "ping by the server"],
    }),
    {
      ...await nativePeer("bun", { command: bunServer, cannot: ["fragments by the server"] }),
      deflate: {
        client: await deflate("bun", "native_client"),
        server: await deflate("bun", "bun_server"),
      },
    },
    {
      ...program("python", pythonCommand, true),
      deflate: { client: python("client"), server: python("server") },
    },
    program("go", { file: await buildGo(), arguments: [] }, true),
    program("rust", { file: await buildRust(), arguments: [] }, false),
  ];
}
