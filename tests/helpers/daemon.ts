/**
 * Other servers' processes.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./waiting.ts";

/** A process that listens on a port. */
export interface Daemon extends AsyncDisposable {
  readonly port: number;
  readonly process: ChildProcess;
}

/** How to start one. */
export interface DaemonOptions {
  readonly file: string;
  /** The arguments, from the port and a folder for files of its own. */
  arguments(port: number, folder: string): readonly string[];
  /** Files that it needs, by name, from the same. */
  files?(port: number, folder: string): Readonly<Record<string, string>>;
}

/**
 * Below the ports that systems give to clients and to servers of port 0, so that no test beside
 * this one gets the port before it is used. Redis listens on port + 10,000 as well.
 */
const FIRST_PORT = 11_000, PORTS = 9_000;

/** A port that is free, and stays so until it is used. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
}

/** Whether a server could listen on the port. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.on("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
  });
  if (isListening) await new Promise((resolve) => server.close(resolve));
  return isListening;
}

/** Starts a process and waits until it accepts connections. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), "fullduplex-daemon-"));
  chmodSync(folder, 0o755); // servers may change their user
  for (const [name, content] of Object.entries(options.files?.(port, folder) ?? {})) {
    writeFileSync(join(folder, name), content, { mode: 0o644 });
  }
  const child = spawn(options.file, options.arguments(port, folder), {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "", failure: Error | null = null;
  child.on("error", (error) => failure = error);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output += text);
  }
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    if (failure === null) await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const isDone = (): boolean => failure !== null || child.exitCode !== null;
  await eventually(`${options.file} listens`, async () => isDone() || await accepts(port));
  if (isDone()) {
    await stop();
    throw new Error(`${options.file} does not listen (is it installed?): ${failure ?? output}`);
  }
  return { port, process: child, [Symbol.asyncDispose]: stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
