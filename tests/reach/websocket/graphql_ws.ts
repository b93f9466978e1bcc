/**
 * The client of `graphql-ws`, against the server of the same package on a handler of ours.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere } from "../program.ts";

interface GraphqlWs {
  createClient(options: { url: string; webSocketImpl: unknown; keepAlive: number }): {
    iterate(request: { query: string }): AsyncIterable<{ data?: unknown }>;
    on(event: "pong", listener: () => void): void;
    dispose(): void;
  };
  makeServer(options: { schema: unknown; roots: unknown }): {
    opened(socket: {
      protocol: string;
      send(data: string): Promise<void>;
      close(code: number, reason: string): void;
      onMessage(callback: (data: string) => Promise<void>): void;
    }, extra: unknown): (code: number, reason: string) => Promise<void>;
  };
}
interface Graphql {
  buildSchema(source: string): unknown;
}

await runProgram(async () => {
  const { createClient, makeServer } = await loadPackage<GraphqlWs>("graphql-ws");
  const { buildSchema } = await loadPackage<Graphql>("graphql");
  const server = makeServer({
    schema: buildSchema(
      "type Query { hello: String } type Subscription { count: Int, forever: Int }",
    ),
    roots: {
      query: { hello: "world" },
      subscription: {
        async *count() {
          for (let count = 1; count <= 3; count++) yield { count };
        },
        async *forever() {
          for (let forever = 1;; forever++) {
            yield { forever };
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        },
      },
    },
  });
  const url = await serveHere({
    protocol: "graphql-transport-ws",
    async session(connection) {
      let deliver = async (_data: string): Promise<void> => {};
      const over = server.opened({
        protocol: connection.protocol,
        send: (data) => connection.send(data),
        close: (code, reason) => void connection.close(code, reason),
        onMessage: (callback) => deliver = callback,
      }, {});
      // Not awaited: the callback is done when the subscription is.
      for await (const message of connection) void deliver(String(message));
      const { code, reason } = await connection.closed;
      await over(code, reason);
    },
  });
  const client = createClient({ url, webSocketImpl: WebSocket, keepAlive: 50 });
  const pong = new Promise<void>((resolve) => client.on("pong", resolve));
  const collect = async (query: string): Promise<unknown[]> => {
    const results: unknown[] = [];
    for await (const { data } of client.iterate({ query })) {
      results.push(JSON.parse(JSON.stringify(data)));
    }
    return results;
  };
  assert.deepEqual(await collect("{ hello }"), [{ hello: "world" }]);
  const [counts, hello] = await Promise.all([
    collect("subscription { count }"),
    collect("{ hello }"),
  ]);
  assert.deepEqual(counts, [{ count: 1 }, { count: 2 }, { count: 3 }]);
  assert.deepEqual(hello, [{ hello: "world" }]);
  const lasting = client.iterate({ query: "subscription { forever }" })[Symbol.asyncIterator]();
  await lasting.next();
  await pong; // the connection is open while a subscription is
  await lasting.return?.();
  client.dispose();
});
