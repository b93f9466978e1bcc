/**
 * `graphql-ws/use/crossws`, and its own client on the runtime's `WebSocket`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { collect, type GraphqlClient, makeSchema } from "../graphql.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { serveHooks } from "./serve_hooks.ts";

await runProgram(async () => {
  const { makeHooks } = await loadPackage<{ makeHooks(options: object): object }>(
    "graphql-ws/use/crossws",
  );
  const { createClient } = await loadPackage<GraphqlClient>("graphql-ws");
  const { schema, stopped } = await makeSchema();
  let connections = 0;
  const hooks = makeHooks({
    schema,
    onConnect: () => void connections++,
    onDisconnect: () => void connections--,
  });
  // Its hook `message` settles when a subscription ends.
  const place = await serveHooks(hooks, { concurrency: Infinity });
  const client = createClient({ url: `ws://${place}`, lazy: false, retryAttempts: 0 });

  assert.deepEqual(await collect(client, "{ hello }"), [{ hello: "world" }]);
  assert.deepEqual(
    await collect(client, "subscription { count(to: 3) }"),
    [0, 1, 2].map((count) => ({ count })),
  );
  // A query while a subscription runs, and the subscription's end by the client.
  const endless = client.iterate({ query: "subscription { count(to: 1000000) }" });
  assert.deepEqual((await endless.next()).value, { data: { count: 0 } });
  assert.deepEqual(await collect(client, "{ hello }"), [{ hello: "world" }]);
  await endless.return?.();
  await stopped();
  assert.equal(connections, 1);
  await client.dispose();
  while (connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});
