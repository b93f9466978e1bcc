/**
 * What `serve` and `connect` stand on in Node.
 *
 * @module
 */
import type { ClientHost } from "../client/client.ts";
import { makePlatform } from "../connection/platform.ts";
import { nodeRuntime } from "./node.ts";

/** Node's sockets, with one output buffer for the process. */
export const nodeHost: ClientHost = { runtime: nodeRuntime, platform: makePlatform() };
