/**
 * The runtime and the platform that `serve` and `connect` use on Bun.
 *
 * @module
 */
import process from "node:process";
import { setImmediate } from "node:timers";
import type { Host } from "../../framed/host.ts";
import { makePlatform } from "../../framed/platform.ts";
import { bunRuntime } from "./runtime.ts";
import type { BunSockets } from "./types.ts";
import { isDevelopment } from "../node_builtins/is_development.ts";
import { loadZlib } from "../node_builtins/zlib/load.ts";
import { decodeAscii, isUtf8, writeUtf8 } from "../node_builtins/buffer_text.ts";

declare const Bun: Pick<BunSockets, "SHA1">;

/**
 * Bun's sockets, and one output buffer for the process.
 *
 * Output is flushed in a tick. Ticks run after all promises that are ready, so that the replies of
 * a session to one chunk leave in one write.
 */
export const bunHost: Host = {
  runtime: bunRuntime,
  platform: makePlatform({
    later: (callback) => void setImmediate(callback),
    schedule: (callback) => process.nextTick(callback),
    tuning: {
      textAcceleration: { decodeAscii, isUtf8, writeUtf8 },
      // JavaScriptCore takes 36 ns for a small copy and 600 ns for the first view of a chunk.
      minSharedBytes: 257,
      minWordsBytes: Infinity,
    },
    hashToBase64: (text) => Bun.SHA1.hash(text, "base64"),
    loadDeflate: loadZlib,
    isDevelopment: isDevelopment(),
  }),
};
