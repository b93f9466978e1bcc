/**
 * tRPC's `applyWSSHandler`, and its own client on the runtime's `WebSocket`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { WebSocketServer } from "../../../src/ws/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { loadWs } from "./load_ws.ts";

interface Procedure {
  input(parse: (value: unknown) => unknown): Procedure;
  query(run: (options: { input: unknown }) => unknown): unknown;
  mutation(run: (options: { input: unknown }) => unknown): unknown;
  subscription(run: (options: { input: unknown; signal: AbortSignal }) => unknown): unknown;
}
interface Init {
  create(): { router(procedures: object): unknown; procedure: Procedure };
}
interface Server {
  applyWSSHandler(options: object): { broadcastReconnectNotification(): void };
}
interface Observer {
  onData(value: unknown): void;
  onComplete?(): void;
}
interface Client {
  createWSClient(options: object): { close(): Promise<void> };
  wsLink(options: object): unknown;
  createTRPCClient(options: object): {
    readonly upper: { query(input: string): Promise<string> };
    readonly add: { mutate(input: number): Promise<number> };
    readonly count: { subscribe(to: number, observer: Observer): { unsubscribe(): void } };
  };
}

await runProgram(async () => {
  const { WebSocketServer } = await loadWs();
  const { initTRPC } = await loadPackage<{ initTRPC: Init }>("@trpc/server");
  const { applyWSSHandler } = await loadPackage<Server>("@trpc/server/adapters/ws");
  const { createWSClient, wsLink, createTRPCClient } = await loadPackage<Client>("@trpc/client");
  const { router, procedure } = initTRPC.create();
  let sum = 0;
  const given = procedure.input((value) => value);
  const appRouter = router({
    upper: given.query(({ input }) => String(input).toUpperCase()),
    add: given.mutation(({ input }) => sum += Number(input)),
    count: given.subscription(async function* ({ input, signal }) {
      for (let at = 0; at < Number(input) && !signal.aborted; at++) {
        yield at;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }),
  });
  const wss: WebSocketServer = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  const handler = applyWSSHandler({
    wss,
    router: appRouter,
    keepAlive: { enabled: true, pingMs: 20, pongWaitMs: 40_000 },
  });
  await once(wss, "listening");
  const { port } = wss.address() as { port: number };
  let opened = 0;
  const ws = createWSClient({
    url: `ws://127.0.0.1:${port}`,
    retryDelayMs: () => 1,
    onOpen: () => opened++,
  });
  const client = createTRPCClient({ links: [wsLink({ client: ws })] });

  const subscribe = (to: number) => {
    const values: unknown[] = [];
    return new Promise<unknown[]>((resolve) => {
      client.count.subscribe(to, {
        onData: (value) => values.push(value),
        onComplete: () => resolve(values),
      });
    });
  };
  const [five, three, upper] = await Promise.all([
    subscribe(5),
    subscribe(3),
    client.upper.query("abc"), // answered while both subscriptions run
  ]);
  assert.deepEqual([five, three, upper], [[0, 1, 2, 3, 4], [0, 1, 2], "ABC"]);
  assert.equal(await client.add.mutate(40) + await client.add.mutate(2), 82);

  const endless = client.count.subscribe(1e9, { onData() {} });
  await new Promise((resolve) => setTimeout(resolve, 100)); // several keepalive intervals
  endless.unsubscribe();
  assert.equal(wss.clients!.size, 1);
  const [before] = [...wss.clients!];
  const left = once(before!, "close");
  handler.broadcastReconnectNotification();
  assert.equal(await client.upper.query("again"), "AGAIN");
  await left;
  assert.equal(opened, 2);
  await ws.close();
  wss.close();
});
