/**
 * Node's sockets and HTTP server as the library sees them.
 *
 * @module
 */
import type { Runtime } from "../connection/transport.ts";
import { listenHttp } from "./node_http.ts";
import { dial, listen } from "./node_net.ts";

/** Node's own sockets and HTTP server. */
export const nodeRuntime: Runtime = { name: "node", listen, listenHttp, dial };
