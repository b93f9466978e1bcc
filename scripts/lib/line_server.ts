/**
 * Servers in processes of their own that speak in lines. A server on the process of its peers would
 * share its processor time with them, and the numbers would be those of both.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type FoundRuntime, ROOT, startArguments } from "./runtimes.ts";

/** A server that has printed its port. */
export interface LineServer {
  readonly port: number;
  readonly child: ChildProcess;
  /** The next line that the server prints; `""` after the last. */
  readLine(): Promise<string>;
}

/** Starts a script, whose first line is its port. */
export async function startLineServer(
  { kind, path }: FoundRuntime,
  file: string,
  args: readonly string[],
): Promise<LineServer> {
  const child = spawn(path, [...startArguments(kind), join(ROOT, file), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const readLine = async (): Promise<string> => String((await lines.next()).value ?? "");
  return { port: Number(await readLine()), child, readLine };
}
