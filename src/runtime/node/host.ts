/**
 * What `serve` and `connect` stand on in Node.
 *
 * @module
 */
import type { Host } from "../../framed/host.ts";
import { nodeRuntime } from "./runtime.ts";
import { nodePlatform } from "./platform.ts";

/** Node's sockets, and what its connections share. */
export const nodeHost: Host = { runtime: nodeRuntime, platform: nodePlatform };
