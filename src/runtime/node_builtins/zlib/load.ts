/**
 * Loads compression late: who does not compress does not wait for it.
 *
 * @module
 */
import type { DeflateEngine } from "../../../framed/compression.ts";

/** The zlib of `node:zlib`, which Node, Deno and Bun have. */
export async function loadZlib(): Promise<DeflateEngine> {
  return (await import("./codec.ts")).zlibEngine;
}
