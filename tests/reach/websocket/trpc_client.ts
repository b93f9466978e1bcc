/**
 * `@trpc/client`: a query, a subscription, and a server that goes away in between.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere, Values } from "../program.ts";

interface Trpc {
  createWSClient(options: {
    url: string;
    WebSocket: unknown;
    retryDelayMs(): number;
    keepAlive: { enabled: boolean; intervalMs: number; pongTimeoutMs: number };
  }): { close(): Promise<void> };
  wsLink(options: { client: unknown }): unknown;
  createTRPCClient(options: { links: unknown[] }): {
    greet: { query(name: string): Promise<string> };
    count: {
      subscribe(input: undefined, observer: {
        onData(value: number): void;
        onComplete(): void;
      }): { unsubscribe(): void };
    };
  };
}
interface Call {
  readonly id: number;
  readonly method: "query" | "subscription" | "subscription.stop";
  readonly params: { readonly path: string; readonly input?: unknown };
}

await runProgram(async () => {
  const { createWSClient, wsLink, createTRPCClient } = await loadPackage<Trpc>("@trpc/client");
  let connections = 0, pings = 0;
  const url = await serveHere({
    open: () => {
      connections++;
    },
    async message(connection, message) {
      if (message === "PING") {
        pings++;
        return await connection.send("PONG");
      }
      const { id, method, params } = JSON.parse(String(message)) as Call;
      const answer = (result: unknown) => connection.send(JSON.stringify({ id, result }));
      if (params.input === "drop") return connection.abort();
      if (method === "query") return await answer({ type: "data", data: `hello ${params.input}` });
      if (method !== "subscription") return;
      await answer({ type: "started" });
      for (const data of [1, 2, 3]) await answer({ type: "data", data });
      await answer({ type: "stopped" });
    },
  });
  const ws = createWSClient({
    url,
    WebSocket,
    retryDelayMs: () => 10,
    keepAlive: { enabled: true, intervalMs: 20, pongTimeoutMs: 40_000 },
  });
  const client = createTRPCClient({ links: [wsLink({ client: ws })] });
  assert.equal(await client.greet.query("you"), "hello you");
  const values = new Values<number>();
  const completed = new Promise<void>((resolve) => {
    client.count.subscribe(undefined, { onData: values.push, onComplete: resolve });
  });
  assert.deepEqual([await values.next(), await values.next(), await values.next()], [1, 2, 3]);
  await completed;
  await assert.rejects(client.greet.query("drop"), /TRPCClientError/);
  assert.equal(await client.greet.query("again"), "hello again");
  assert.equal(connections, 2);
  while (pings === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await ws.close();
});
