/**
 * The client of `graphql-ws` on the fake class of `./testing`: its keepalive of 12 seconds, and
 * what it does when the network stalls, in no time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fakeWebSocketClass, replaceTimers, VirtualClock } from "../../../src/testing/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";

interface GraphqlWs {
  createClient(options: {
    url: string;
    webSocketImpl: unknown;
    keepAlive: number;
    lazy: boolean;
    retryAttempts: number;
    onNonLazyError(error: unknown): void;
    on: Readonly<Record<string, (received: boolean) => void>>;
  }): { terminate(): void; dispose(): void };
}

await runProgram(async () => {
  const { createClient } = await loadPackage<GraphqlWs>("graphql-ws");
  const clock = new VirtualClock(), started = performance.now();
  let pings = 0;
  const Fake = fakeWebSocketClass({
    protocol: "graphql-transport-ws",
    async message(connection, message) {
      const { type } = JSON.parse(String(message)) as { type: string };
      if (type === "connection_init") await connection.send('{"type":"connection_ack"}');
      if (type !== "ping") return;
      pings++;
      await connection.send('{"type":"pong"}');
    },
  }, { clock, faults: (attempt) => attempt === 1 ? { kind: "stall", afterMs: 30_000 } : null });
  const timers = replaceTimers(clock);
  const events: string[] = [];
  let timeout: unknown = null;
  const client = createClient({
    url: "ws://test/",
    webSocketImpl: Fake,
    keepAlive: 12_000,
    lazy: false,
    retryAttempts: 5,
    onNonLazyError: (error) => events.push(`error ${error}`),
    on: {
      connected: () => events.push("connected"),
      closed: () => events.push("closed"),
      // As the package's documentation has it.
      ping: (received) => {
        if (!received) timeout = setTimeout(() => client.terminate(), 5_000);
      },
      pong: (received) => {
        if (received) clearTimeout(timeout as number);
      },
    },
  });
  await clock.advance(29_000);
  assert.equal(pings, 2);
  assert.deepEqual(events, ["connected"]);
  await clock.advance(60_000); // a ping without a pong, the end, a new connection and its pings
  assert.deepEqual(events, ["connected", "closed", "connected"]);
  assert.ok(pings >= 4, `${pings} pings`);
  client.dispose();
  timers.restore();
  assert.ok(performance.now() - started < 10_000);
});
