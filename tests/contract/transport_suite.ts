/**
 * What every runtime's transports must do, run against the real sockets of the runtime.
 *
 * @module
 */
import { describe } from "node:test";
import { testBackpressure } from "./transport/backpressure.ts";
import { testBytes } from "./transport/bytes.ts";
import { testDialing } from "./transport/dialing.ts";
import { testEnding } from "./transport/ending.ts";
import { testListening } from "./transport/listening.ts";
import type { Place, TransportFeatures, TransportRuntime } from "./transport/pair.ts";

/** Declares the suite for one adapter; `features` names what the runtime itself cannot do. */
export function transportSuite(
  name: string,
  runtime: TransportRuntime,
  features: TransportFeatures = {},
): void {
  describe(`${name} transport`, () => {
    for (const place of ["tcp", "unix", "tls"] satisfies Place[]) {
      describe(place, () => {
        testBytes({ runtime, place });
        testBackpressure({ runtime, place });
        testEnding({ runtime, place }, features);
      });
    }
    testListening(runtime, features);
    testDialing(runtime, features);
  });
}
