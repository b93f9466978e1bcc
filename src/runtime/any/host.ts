/**
 * Finds the runtime that the program runs on, for entry points that are the same on all runtimes.
 *
 * @module
 */
import type { Host } from "../../framed/host.ts";

// Not `"Bun" in globalThis`: the build of the npm package by dnt would replace `globalThis` with a
// Proxy over its shims.
declare const Bun: unknown, Deno: unknown;

/**
 * Loads the host of this runtime. Every runtime other than Bun and Deno is taken for Node, because
 * only it and its like have `node:net`.
 */
export async function loadHost(): Promise<Host> {
  if (typeof Bun !== "undefined") return (await import("../bun/host.ts")).bunHost;
  if (typeof Deno !== "undefined") return (await import("../deno/host.ts")).denoHost;
  return (await import("../node/host.ts")).nodeHost;
}
