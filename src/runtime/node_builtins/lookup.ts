/**
 * Names and the environment, as all runtimes have them in their `node:` modules.
 *
 * @module
 */
import process from "node:process";
import type { LookupTarget } from "../../transport/runtime.ts";

/** See `Runtime.lookup`. Rejects with the system's error. */
export async function lookup(
  { hostname }: Pick<LookupTarget, "hostname">,
): Promise<readonly string[]> {
  const { promises } = await import("node:dns"); // loaded late: servers look nothing up
  const found = await promises.lookup(hostname, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
}

/** See `Runtime.getEnv`. */
export function getEnv(name: string): string | undefined {
  return process.env[name];
}
