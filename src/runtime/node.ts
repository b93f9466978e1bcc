/**
 * The adapter for Node.
 *
 * @module
 */
import type { Runtime } from "../connection/transport.ts";
import { listenHttp } from "./node_http.ts";
import { dial, listen } from "./node_net.ts";

export { mount } from "./node_mount.ts";
export type { NodeMount } from "./node_mount.ts";
export { transportOf } from "./node_socket.ts";

/** Node's own sockets and HTTP server. */
export const nodeRuntime: Runtime = { name: "node", listen, listenHttp, dial };
