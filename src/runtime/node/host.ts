/**
 * The runtime and the platform that `serve` and `connect` use on Node. The platform has a file of
 * its own, because a mount needs it and must not load `node:tls`.
 *
 * @module
 */
import type { Host } from "../../framed/host.ts";
import { nodeRuntime } from "./runtime.ts";
import { nodePlatform } from "./platform.ts";

/** Node's sockets, and the platform of its connections. */
export const nodeHost: Host = { runtime: nodeRuntime, platform: nodePlatform };
