/**
 * A server of ours as a process of its own, to be killed.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { ROOT, startArguments } from "../../scripts/lib/runtimes.ts";
import { findOwnRuntime } from "./example_process.ts";

/** A server that listens. */
export interface ServerProcess {
  readonly port: number;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** The program to start. */
export interface ServerProcessOptions {
  /** Relative to the repository. */
  readonly file: string;
  readonly arguments: readonly string[];
  /** Words before the command, `ip netns exec NAME` for example. */
  readonly before?: readonly string[];
}

/** Starts it on the runtime of the test, and waits for its line `listening PORT`. */
export async function startServerProcess(
  { file, arguments: args, before = [] }: ServerProcessOptions,
): Promise<ServerProcess> {
  const { kind, path } = findOwnRuntime();
  const [command, ...rest] = [...before, path, ...startArguments(kind), join(ROOT, file), ...args];
  const child = spawn(command!, rest, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  return {
    port: await readPort(child),
    async kill() {
      const { pid, exitCode, signalCode } = child;
      if (pid !== undefined && exitCode === null && signalCode === null) {
        process.kill(pid, "SIGKILL");
      }
      await ended;
    },
  };
}

async function readPort({ stdout }: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: stdout! })) {
    const port = /^listening (\d+)$/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error("the server ended before it listened");
}
