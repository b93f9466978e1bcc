/**
 * What a listener of Deno's does when it cannot accept.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listen } from "../../../src/runtime/deno/listen.ts";

const patience = { timeout: 60_000 } as const;

/** A listener that fails so often, and then waits. */
function failing(times: number, error: Error): { listener: unknown; waiting: Promise<void> } {
  const waiting = Promise.withResolvers<void>(), closed = Promise.withResolvers<never>();
  closed.promise.catch(() => {});
  const listener = {
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    accept() {
      if (times-- > 0) return Promise.reject(error);
      waiting.resolve();
      return closed.promise;
    },
    close: () => closed.reject(new Deno.errors.BadResource("closed")),
  };
  return { listener, waiting: waiting.promise };
}

async function timeUntilWaiting(times: number, error: Error): Promise<number> {
  const { listener, waiting } = failing(times, error);
  const real = Deno.listen;
  Reflect.set(Deno, "listen", () => listener);
  try {
    const start = performance.now();
    const { close } = await listen({}, () => {});
    await waiting;
    await close();
    return performance.now() - start;
  } finally {
    Deno.listen = real;
  }
}

describe("a listener of Deno's", () => {
  it("goes on at once after peers that have left, however many", patience, async () => {
    const ms = await timeUntilWaiting(100, new Deno.errors.NotConnected("has left"));
    assert.ok(ms < 5_000, `${ms} ms`); // one pause each would be ten seconds and more
  });

  it("pauses after a failure that lasts", patience, async () => {
    const ms = await timeUntilWaiting(3, new Error("too many open files"));
    assert.ok(ms >= 250, `${ms} ms`);
  });
});
