#!/usr/bin/env node
/**
 * A command to try WebSockets with: `npx @fullduplex/websocket URL`, or
 * `deno run -N jsr:@fullduplex/websocket/cli URL`. `--help` lists its commands: connect, serve,
 * bench and check.
 *
 * @example Running a command from code
 * ```ts
 * import { runCli } from "@fullduplex/websocket/cli";
 *
 * const exitCode: number = await runCli(["--help"]);
 * ```
 *
 * @module
 */
import { realpathSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type CommandLine, HELP, readCommandLine, UsageError } from "./arguments.ts";
import { runBench } from "./bench_command.ts";
import { runCheck } from "./check_command.ts";
import { runConnect } from "./connect_command.ts";
import { describeError } from "./hints.ts";
import { runServe } from "./serve_command.ts";
import { ProcessTerminal, type Terminal } from "./terminal.ts";

/**
 * Runs a command line.
 *
 * @param args The words after the program's name.
 * @returns The exit code: 0 for success, 1 if there was no connection or a check failed, 2 for
 *   wrong usage.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const terminal = new ProcessTerminal();
  try {
    return await runCommand(readCommandLine(args), terminal);
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof SyntaxError ||
      error instanceof TypeError || error instanceof RangeError;
    terminal.note(describeError(error));
    if (isUsage) terminal.note("--help shows the commands");
    return isUsage ? 2 : 1;
  }
}

async function runCommand(line: CommandLine, terminal: Terminal): Promise<number> {
  switch (line.command) {
    case "connect":
      return await runConnect(line, terminal);
    case "serve":
      return await runServe(line, terminal);
    case "bench":
      return await runBench(line, terminal);
    case "check":
      return await runCheck(line, terminal);
    case "help":
      terminal.print(HELP.trimEnd());
      return 0;
  }
}

/**
 * Whether this file was started as a program. It does not read `import.meta.main`, which Node has
 * only since 24.2.
 */
function isMain(): boolean {
  const { main } = import.meta as { readonly main?: boolean };
  if (main !== undefined) return main;
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url);
}

// No `await`: `require` cannot load a module that waits.
if (isMain()) void runCli(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
