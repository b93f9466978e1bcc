/**
 * Loads `node:zlib` late, so that only servers and clients with compression wait for it.
 *
 * @module
 */
import type { DeflateEngine } from "../../../framed/compression.ts";

/** Loads the engine of permessage-deflate. */
export async function loadZlib(): Promise<DeflateEngine> {
  return (await import("./codec.ts")).zlibEngine;
}
