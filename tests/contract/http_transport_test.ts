/**
 * The transport suite over the transports of HTTP upgrades, on each runtime.
 *
 * @module
 */
import { describe } from "node:test";
import { loadHttpListeners, loadOwnRuntime } from "../helpers/own_runtime.ts";
import { makeUpgradingRuntime } from "../helpers/upgrading_runtime.ts";
import { testBackpressure } from "./transport/backpressure.ts";
import { testBytes } from "./transport/bytes.ts";
import { testEnding } from "./transport/ending.ts";
import { testListening } from "./transport/listening.ts";
import type { TransportFeatures } from "./transport/pair.ts";

const features: TransportFeatures = { rawClients: false };
const { dial } = await loadOwnRuntime();

for (const [name, listenHttp] of await loadHttpListeners()) {
  const runtime = makeUpgradingRuntime({ listenHttp, dial });
  describe(`HTTP upgrade (${name}) transport`, () => {
    for (const place of ["tcp", "unix", "tls"] as const) {
      describe(place, () => {
        testBytes({ runtime, place });
        testBackpressure({ runtime, place });
        testEnding({ runtime, place }, features);
      });
    }
    testListening(runtime, features);
  });
}
