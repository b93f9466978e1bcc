/**
 * The transport suite over Node's sockets.
 *
 * @module
 */
import { nodeRuntime } from "../../src/runtime/node.ts";
import { transportSuite } from "./transport_suite.ts";

transportSuite("node", nodeRuntime);
