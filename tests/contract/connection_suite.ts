/**
 * What connections must do over every adapter, run in the real runtime.
 *
 * @module
 */
import { describe } from "node:test";
import { testBackpressure } from "./connection/backpressure.ts";
import { testEnding } from "./connection/ending.ts";
import { testHandlers } from "./connection/handlers.ts";
import { testFaults } from "./connection/faults.ts";
import type { Adapter, AdapterFeatures, Serve } from "./connection/host.ts";
import { testHooks } from "./connection/hooks.ts";
import { testMessages } from "./connection/messages.ts";
import { testOpening } from "./connection/opening.ts";

/** Declares the suite for one adapter; `features` names what the adapter itself cannot do. */
export function connectionSuite(name: string, serve: Serve, features: AdapterFeatures = {}): void {
  const adapter: Adapter = {
    serve,
    features: {
      frames: true,
      pings: true,
      holdsBack: true,
      refusals: true,
      answersHttp: true,
      drops: true,
      waitsForClose: true,
      fetch: false,
      ...features,
    },
  };
  describe(name, () => {
    testMessages(adapter);
    testHandlers(adapter);
    testEnding(adapter);
    testBackpressure(adapter);
    testOpening(adapter);
    testHooks(adapter);
    testFaults(adapter);
  });
}
