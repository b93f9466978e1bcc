/**
 * `centrifuge`: a connection, a subscription, a publication that comes back, pings of the server.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere, Values } from "../program.ts";

interface Subscription {
  on(event: "publication", listener: (context: { data: unknown }) => void): void;
  on(event: "subscribed", listener: () => void): void;
  subscribe(): void;
  publish(data: unknown): Promise<unknown>;
}
interface Module {
  Centrifuge: new (url: string, options: { websocket: unknown; token: string }) => {
    connect(): void;
    disconnect(): void;
    newSubscription(channel: string): Subscription;
    on(event: "connected", listener: (context: { client: string }) => void): void;
    on(event: "disconnected", listener: (context: { code: number }) => void): void;
  };
}
interface Command {
  readonly id?: number;
  readonly connect?: { readonly token: string };
  readonly subscribe?: { readonly channel: string };
  readonly publish?: { readonly channel: string; readonly data: unknown };
}

await runProgram(async () => {
  const { Centrifuge } = await loadPackage<Module>("centrifuge");
  const tokens: string[] = [], pongs = new Values<string>();
  const url = await serveHere({
    async message(connection, message) {
      for (const line of String(message).split("\n")) {
        if (line === "{}") pongs.push(line);
        const { id, connect, subscribe, publish } = JSON.parse(line) as Command;
        const send = (reply: unknown) => connection.send(JSON.stringify(reply));
        if (connect !== undefined) {
          tokens.push(connect.token);
          await send({ id, connect: { client: "c1", version: "5", ping: 25, pong: true } });
          await send({}); // a ping
        } else if (subscribe !== undefined) await send({ id, subscribe: {} });
        else if (publish !== undefined) {
          const { channel, data } = publish;
          await send({ push: { channel, pub: { data } } });
          await send({ id, publish: {} });
        }
      }
    },
  });
  const client = new Centrifuge(url, { websocket: WebSocket, token: "1234" });
  const connected = new Promise<{ client: string }>((resolve) => client.on("connected", resolve));
  const subscription = client.newSubscription("news");
  const news = new Values<unknown>();
  subscription.on("publication", ({ data }) => news.push(data));
  const subscribed = new Promise<void>((resolve) => subscription.on("subscribed", resolve));
  subscription.subscribe();
  client.connect();
  assert.equal((await connected).client, "c1");
  await subscribed;
  await subscription.publish({ hello: "wörld" });
  assert.deepEqual(await news.next(), { hello: "wörld" });
  assert.equal(await pongs.next(), "{}");
  assert.deepEqual(tokens, ["1234"]);
  const disconnected = new Promise((resolve) => client.on("disconnected", resolve));
  client.disconnect();
  await disconnected;
});
