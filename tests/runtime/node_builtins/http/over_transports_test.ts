/**
 * The transport suite over the transports of HTTP upgrades, on each runtime.
 *
 * @module
 */
import { describe } from "node:test";
import { loadHttpListeners, loadOwnRuntime } from "../../../helpers/own_runtime.ts";
import { makeUpgradingRuntime } from "../../../helpers/upgrading_runtime.ts";
import { testBackpressure } from "../../../contract/transport/backpressure.ts";
import { testBytes } from "../../../contract/transport/bytes.ts";
import { testEnding } from "../../../contract/transport/ending.ts";
import { testListening } from "../../../contract/transport/listening.ts";
import type { TransportFeatures } from "../../../contract/transport/pair.ts";

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
