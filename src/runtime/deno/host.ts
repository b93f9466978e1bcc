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
import { decodeAscii, V8_BATCH_BYTES } from "../node_builtins/buffer_text.ts";

/** Deno's sockets, and one output buffer for the process. */
export const denoHost: Host = {
  runtime: denoRuntime,
  platform: makePlatform({
    later: (callback) => void setImmediate(callback),
    // While immediates follow on one another, Deno looks at its sockets in one turn of 61: tokio's
    // interval. A timer lets it sleep, and look.
    nextTurn: (callback) => void setTimeout(callback, 0),
    idleTicks: 6, // sessions of many connections take turns, each send a few microtasks after the last
    tuning: {
      textAcceleration: { decodeAscii, maxBatchBytes: V8_BATCH_BYTES },
      minSharedBytes: 1, // Deno's V8 keeps no bytes on its heap: 300 ns for a copy, 30 for a view
    },
    loadDeflate: loadZlib,
    isDevelopment: isDevelopment(),
  }),
};
