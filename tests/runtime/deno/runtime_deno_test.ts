/**
 * The transport suite over Deno's sockets; elsewhere there are none to test.
 *
 * @module
 */
import { transportSuite } from "../../contract/transport_suite.ts";

if ("Deno" in globalThis) {
  const { denoRuntime } = await import("../../../src/runtime/deno/runtime.ts");
  // See src/runtime/deno/mod.ts.
  transportSuite("deno", denoRuntime, { tlsAbort: false });
}
