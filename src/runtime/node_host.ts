/**
 * What `serve` and `connect` stand on in Node.
 *
 * @module
 */
import type { ClientHost } from "../client/client.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { nodePlatform } from "./node_platform.ts";

/** Node's sockets, and what its connections share. */
export const nodeHost: ClientHost = { runtime: nodeRuntime, platform: nodePlatform };
