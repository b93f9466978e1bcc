/**
 * The platform of all connections in a Node process.
 *
 * @module
 */
import { hash } from "node:crypto";
import process from "node:process";
import { setImmediate } from "node:timers";
import { makePlatform, type Platform } from "../../framed/platform.ts";
import { isDevelopment } from "../node_builtins/is_development.ts";
import { loadZlib } from "../node_builtins/zlib/load.ts";
import { decodeAscii, isUtf8, V8_BATCH_BYTES, writeUtf8 } from "../node_builtins/buffer_text.ts";

/**
 * The platform with one output buffer for the process, which is flushed in a tick. Ticks run after
 * all promises that are ready, so that the replies of a session to one chunk leave in one write.
 */
export const nodePlatform: Platform = makePlatform({
  later: (callback) => void setImmediate(callback),
  // This adapter also runs on Deno, which needs a timer: see `nextTurn` of its own adapter.
  ...("deno" in process.versions && { nextTurn: (callback) => void setTimeout(callback, 0) }),
  schedule: (callback) => process.nextTick(callback),
  tuning: {
    textAcceleration: { decodeAscii, isUtf8, writeUtf8, maxBatchBytes: V8_BATCH_BYTES },
    // V8 keeps up to 64 bytes on its own heap, where a copy is as cheap as a view.
    minSharedBytes: 65,
  },
  hashToBase64: (text) => hash("sha1", text, "base64"),
  loadDeflate: loadZlib,
  isDevelopment: isDevelopment(),
});
