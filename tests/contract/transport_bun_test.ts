/** The transport suite on Bun's own sockets; elsewhere there is nothing to test. */
import { bunRuntime } from "../../src/runtime/bun_runtime.ts";
import { transportSuite } from "./transport_suite.ts";

if ("Bun" in globalThis) transportSuite("Bun", bunRuntime);
