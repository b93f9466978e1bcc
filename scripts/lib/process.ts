/**
 * Processes of servers and clients, for scripts that start some. Without it each script would start
 * and end them in its own way, and leave some running.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { ROOT } from "./runtimes.ts";

/** A command line, with variables of its environment. */
export interface Command {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Its working directory. Default: the repository's root. */
  readonly folder?: string;
}

/** A server that accepts connections. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** How the process ended, by itself or by `stop`, for example `exit code 1` or `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Ends the process. Resolves to its standard error. */
  stop(): Promise<string>;
}

const START_MS = 60_000;
const children = new Set<ChildProcess>();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/** Adds arguments to a command. */
export function withArguments(command: Command, ...added: readonly string[]): Command {
  return { ...command, arguments: [...command.arguments, ...added] };
}

function start({ file, arguments: list, environment, folder = ROOT }: Command): ChildProcess {
  const env = { ...process.env, NO_COLOR: "1", ...environment };
  const shell = process.platform === "win32" && file === "npm"; // npm is npm.cmd there
  const child = spawn(file, list, { cwd: folder, env, shell, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  child.on("close", () => children.delete(child));
  return child;
}

/** Starts a server and waits for its line `listening URL`. */
export async function startServer(command: Command): Promise<RunningServer> {
  const child = start(command);
  let errors = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => errors += text);
  const ended = new Promise<string>((resolve) =>
    child.on("close", (code, signal) => resolve(signal ?? `exit code ${code}`))
  );
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error("is not listening")), START_MS);
  child.on("error", reject);
  ended.then((how) => reject(new Error(`ended with ${how}`)));
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const url = /^listening (wss?:\S+)/.exec(line)?.[1];
    if (url !== undefined) resolve(url.replace(/\/$/, ""));
  });
  try {
    return {
      url: await promise,
      pid: child.pid!,
      ended,
      async stop() {
        child.kill("SIGKILL");
        await ended;
        return errors;
      },
    };
  } catch (cause) {
    child.kill("SIGKILL");
    const name = [command.file, ...command.arguments].join(" ");
    throw new Error(`${name} ${(cause as Error).message}\n${errors}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** How a program ended. */
export interface Ended {
  /** Exit code; `null` if a signal ended it, for example because it took too long. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Callbacks while a program runs. */
export interface RunListener {
  /** A line of its standard output has come. */
  onLine?(line: string): void;
  /** The process was started. */
  onStart?(pid: number): void;
}

/** Runs a program to its end, at most `timeoutMs`. */
export async function run(
  command: Command,
  timeoutMs: number,
  listener: RunListener = {},
): Promise<Ended> {
  const child = start(command);
  if (child.pid !== undefined) listener.onStart?.(child.pid);
  let output = "", errors = "";
  createInterface({ input: child.stdout! }).on("line", (line) => {
    output += `${line}\n`;
    listener.onLine?.(line);
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => errors += text);
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return { code, output, errors };
  } finally {
    clearTimeout(timer);
  }
}
