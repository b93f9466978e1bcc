/**
 * An example as a process of its own, the way its readers start it.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import {
  type FoundRuntime,
  ROOT,
  type RuntimeKind,
  startArguments,
} from "../../scripts/lib/runtimes.ts";

/** The part of a runtime that starts a program. */
export type Startable = Pick<FoundRuntime, "kind" | "path">;

/** The runtime that runs this. */
export function findOwnRuntime(): Startable {
  const { bun, deno } = process.versions;
  const kind: RuntimeKind = deno !== undefined ? "deno" : bun !== undefined ? "bun" : "node";
  return { kind, path: process.execPath };
}

/** An example that serves. */
export interface ExampleProcess {
  /** Address of its page. */
  readonly url: URL;
  /** Sends a signal and gives the exit code, or the name of the signal that ended it. */
  stop(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<number | string>;
}

/** Starts `examples/FILE` and waits until it has printed its address. */
export async function startExample(
  { kind, path }: Startable,
  { file, port = 0, flags = [] }: {
    readonly file: string;
    readonly port?: number;
    readonly flags?: readonly string[];
  },
): Promise<ExampleProcess> {
  const args = [
    ...startArguments(kind),
    join(ROOT, "examples", file),
    "--port",
    `${port}`,
    ...flags,
  ];
  const child = spawn(path, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exit = new Promise<number | string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  return {
    url: await readAddress(child),
    async stop(signal) {
      // Not by `child.kill`: Deno 2.9.6 then reports the signal even of a child that exits with 0.
      const { pid, exitCode, signalCode } = child;
      if (pid !== undefined && exitCode === null && signalCode === null) process.kill(pid, signal);
      return await exit;
    },
  };
}

/** Runs `examples/FILE`, which ends by itself. */
export async function runExample(
  { kind, path }: Startable,
  { file, flags }: { readonly file: string; readonly flags: readonly string[] },
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const args = [...startArguments(kind), join(ROOT, "examples", file), ...flags];
  const child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"] });
  const code = new Promise<number | null>((resolve) => child.on("close", resolve));
  let stderr = "";
  for await (const part of child.stderr) stderr += part;
  return { code: await code, stderr };
}

/** The first address in the program's output. */
async function readAddress({ stdout }: ChildProcess): Promise<URL> {
  for await (const line of createInterface({ input: stdout! })) {
    const address = /(?:https?|ws):\/\/\S+/.exec(line)?.[0];
    if (address !== undefined) return new URL(address);
  }
  throw new Error("The example ended before it printed its address");
}
