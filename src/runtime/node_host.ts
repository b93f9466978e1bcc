/**
 * What `serve` and `connect` stand on in Node.
 *
 * @module
 */
import process from "node:process";
import type { ClientHost } from "../client/client.ts";
import { makePlatform } from "../connection/platform.ts";
import { nodeRuntime } from "./node.ts";

/**
 * Node's sockets, with one output buffer for the process.
 *
 * Ticks run when the promises that are ready have run: a session's replies to one chunk
 * leave in one write.
 */
export const nodeHost: ClientHost = {
  runtime: nodeRuntime,
  platform: makePlatform((callback) => process.nextTick(callback)),
};
