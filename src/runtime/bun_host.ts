/**
 * What `serve` and `connect` stand on in Bun.
 *
 * @module
 */
import process from "node:process";
import type { Host } from "../connection/host.ts";
import { makePlatform } from "../connection/platform.ts";
import { bunRuntime } from "./bun_runtime.ts";
import { loadZlib } from "./load_zlib.ts";
import { decodeAscii, writeUtf8 } from "./short_texts.ts";

/**
 * Bun's sockets, with one output buffer for the process.
 *
 * Ticks run when the promises that are ready have run: a session's replies to one chunk
 * leave in one write.
 */
export const bunHost: Host = {
  runtime: bunRuntime,
  platform: makePlatform({
    defer: (callback) => process.nextTick(callback),
    shortTexts: { decodeAscii, writeUtf8 },
    // JavaScriptCore: 36 ns for a small copy, 600 for the first view of a chunk.
    minSharedBytes: 257,
    minWordsBytes: Infinity,
    loadDeflate: loadZlib,
  }),
};
