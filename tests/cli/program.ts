/**
 * The command as a program of its own.
 *
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { startArguments } from "../../scripts/lib/runtimes.ts";
import { ownRuntimeName } from "../helpers/own_runtime_name.ts";

/** The arguments behind the runtime's own path. */
export const programArguments: readonly string[] = [
  ...startArguments(ownRuntimeName()),
  fileURLToPath(new URL("../../src/cli/mod.ts", import.meta.url)),
];

export function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...programArguments, ...args], {
    env: { ...process.env, NO_COLOR: "1" },
  });
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export async function run(args: readonly string[], input = ""): Promise<Ended> {
  const child = start(...args);
  child.stdin.end(input);
  return await ended(child);
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let output = "", errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => output += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors += text);
  const [code] = await once(child, "close");
  return { code, output, errors };
}
