/**
 * The runtime and the platform that `serve` and `connect` use on Deno.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { Host } from "../../framed/host.ts";
import { makePlatform } from "../../framed/platform.ts";
import { denoRuntime } from "./runtime.ts";
import { isDevelopment } from "../node_builtins/is_development.ts";
import { loadZlib } from "../node_builtins/zlib/load.ts";
import { decodeAscii, isUtf8, V8_BATCH_BYTES } from "../node_builtins/buffer_text.ts";

/** Deno's sockets, and one output buffer for the process. */
export const denoHost: Host = {
  runtime: denoRuntime,
  platform: makePlatform({
    later: (callback) => void setImmediate(callback),
    // A timer rather than an immediate. While immediates follow one another, Deno polls its sockets
    // only in every 61st turn, which is tokio's interval.
    nextTurn: (callback) => void setTimeout(callback, 0),
    // Sessions of several connections alternate, each sending a few microtasks after the other.
    idleTicks: 6,
    tuning: {
      textAcceleration: { decodeAscii, isUtf8, maxBatchBytes: V8_BATCH_BYTES },
      // A copy takes 300 ns and a view 30, because Deno's V8 keeps no bytes on its heap.
      minSharedBytes: 1,
    },
    loadDeflate: loadZlib,
    isDevelopment: isDevelopment(),
  }),
};
