/**
 * `graphql-ws/use/ws`, and its own client on the runtime's `WebSocket`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { collect, type GraphqlClient, makeSchema } from "../graphql.ts";
import { loadWs } from "./load_ws.ts";

interface UseWs {
  useServer(options: object, wss: unknown, keepAliveMs: number): { dispose(): Promise<void> };
}

/** The server ends a socket whose pong takes longer: on a busy machine 250 ms were not enough. */
const PING_MS = 1_500;

await runProgram(async () => {
  const { WebSocketServer } = await loadWs();
  const { useServer } = await loadPackage<UseWs>("graphql-ws/use/ws");
  const { createClient } = await loadPackage<GraphqlClient>("graphql-ws");
  const { schema, stopped } = await makeSchema();
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  const server = useServer({ schema }, wss, PING_MS);
  await once(wss, "listening");
  const { port } = wss.address() as { port: number };
  const client = createClient({ url: `ws://127.0.0.1:${port}`, lazy: false, retryAttempts: 0 });

  assert.deepEqual(await collect(client, "{ hello }"), [{ hello: "world" }]);
  assert.deepEqual(
    await collect(client, "subscription { count(to: 3) }"),
    [0, 1, 2].map((count) => ({ count })),
  );
  // A query while a subscription runs, and the subscription's end by the client.
  const endless = client.iterate({ query: "subscription { count(to: 1000000) }" });
  const first = await endless.next();
  assert.deepEqual(first.value, { data: { count: 0 } });
  assert.deepEqual(await collect(client, "{ hello }"), [{ hello: "world" }]);
  await new Promise((resolve) => setTimeout(resolve, 2.5 * PING_MS));
  await endless.return?.();
  await stopped();
  assert.equal(wss.clients!.size, 1);
  await client.dispose();
  await server.dispose();
});
