/** The transport suite on Bun's own sockets; elsewhere there is nothing to test. */
import { bunRuntime } from "../../../src/runtime/bun/runtime.ts";
import { transportSuite } from "../../contract/transport_suite.ts";

if ("Bun" in globalThis) transportSuite("Bun", bunRuntime);
