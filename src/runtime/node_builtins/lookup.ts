/**
 * Resolves names and reads environment variables by `node:` modules, which all runtimes have.
 *
 * @module
 */
import process from "node:process";
import type { LookupTarget } from "../../transport/runtime.ts";

/** See `Runtime.lookup`. Rejects with the system's error. */
export async function lookup(
  { hostname }: Pick<LookupTarget, "hostname">,
): Promise<readonly string[]> {
  const { promises } = await import("node:dns"); // loaded late, because servers resolve no names
  const found = await promises.lookup(hostname, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
}

/** See `Runtime.getEnv`. */
export function getEnv(name: string): string | undefined {
  return process.env[name];
}
