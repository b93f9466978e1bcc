/**
 * Programs that these tests drive our servers with, in processes of their own.
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The value of a variable of `scripts/http2/test.ts`. */
export function fromTask(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error("Start these tests by: deno task test:http2");
  return value;
}

/** A program of this folder. */
export interface Program {
  readonly script: string;
  readonly arguments: readonly string[];
  /** Default: Node 24. */
  readonly interpreter?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. Resolves to all that it prints. */
export function runProgram(program: Program): Promise<string> {
  const { script, interpreter = fromTask("NODE_PATH_24"), environment } = program;
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(interpreter, [path, ...program.arguments], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => output += String(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(output.trim()));
  });
}
