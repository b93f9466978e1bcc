/**
 * What the matrix was made with.
 *
 * @module
 */
import { run } from "../../scripts/lib/process.ts";
import { WS } from "../../scripts/interop/peers.ts";
import { findRuntime, type RuntimeName } from "../../scripts/lib/runtimes.ts";
import { KOSOKU } from "./autobahn.ts";

const NAMES = { deno: "Deno", bun: "Bun", node: "Node" } as const;

/** `Deno 2.9.6`, and so on. */
export async function findVersions(): Promise<readonly string[]> {
  const runtimes: readonly RuntimeName[] = ["deno", "bun", "node24"];
  const found = await Promise.all(runtimes.map(async (name) => {
    const { kind, path } = await findRuntime(name);
    const { output } = await run({ file: path, arguments: ["--version"] }, 60_000);
    return `${NAMES[kind]} ${/\d+\.\d+\.\d+/.exec(output)?.[0] ?? "unknown"}`;
  }));
  return [...found, WS.replace("@", " "), KOSOKU.replace("==", " ")];
}
