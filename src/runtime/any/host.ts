/**
 * The runtime that the program is on, for entry points that are the same on all of them.
 *
 * @module
 */
import type { Host } from "../../framed/host.ts";

// Not `"Bun" in globalThis`: the build of the npm package by dnt would replace `globalThis` with a
// Proxy over its shims.
declare const Bun: unknown, Deno: unknown;

/** Bun and Deno have sockets of their own; every other runtime that gets here is Node or like it. */
export async function loadHost(): Promise<Host> {
  if (typeof Bun !== "undefined") return (await import("../bun/host.ts")).bunHost;
  if (typeof Deno !== "undefined") return (await import("../deno/host.ts")).denoHost;
  return (await import("../node/host.ts")).nodeHost;
}
