/**
 * Commands that start a file of this repository on a runtime.
 *
 * @module
 */
import { join } from "node:path";
import type { Command } from "./process.ts";
import { findRuntime, ROOT, type RuntimeName, startArguments } from "./runtimes.ts";

/** The command that starts a TypeScript file on a runtime. `flags` are the runtime's own. */
export async function onRuntime(
  name: RuntimeName,
  file: string,
  flags: readonly string[] = [],
): Promise<Command> {
  const { kind, path } = await findRuntime(name);
  return { file: path, arguments: [...startArguments(kind), ...flags, join(ROOT, file)] };
}
