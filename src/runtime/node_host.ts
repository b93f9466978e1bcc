/**
 * What `serve` and `connect` stand on in Node.
 *
 * @module
 */
import type { Host } from "../connection/host.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { nodePlatform } from "./node_platform.ts";

/** Node's sockets, and what its connections share. */
export const nodeHost: Host = { runtime: nodeRuntime, platform: nodePlatform };
