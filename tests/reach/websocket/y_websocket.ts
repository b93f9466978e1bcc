/**
 * `y-websocket`: two documents come to agree through a server that passes on what it gets.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { WebSocketConnection } from "../../../src/public.ts";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere } from "../program.ts";

interface Doc {
  getText(name: string): { insert(at: number, text: string): void; toString(): string };
  on(event: "update", listener: () => void): void;
}
interface Yjs {
  Doc: new () => Doc;
}
interface YWebsocket {
  WebsocketProvider: new (url: string, room: string, doc: Doc, options: {
    WebSocketPolyfill: unknown;
    disableBc: boolean;
  }) => {
    once(event: "sync", listener: (isSynced: boolean) => void): void;
    destroy(): void;
  };
}

await runProgram(async () => {
  const { Doc } = await loadPackage<Yjs>("yjs");
  const { WebsocketProvider } = await loadPackage<YWebsocket>("y-websocket");
  const connections = new Set<WebSocketConnection>();
  const url = await serveHere({
    async session(connection) {
      connections.add(connection);
      for await (const message of connection) {
        for (const other of connections) if (other !== connection) await other.send(message);
      }
      connections.delete(connection);
    },
  });
  const one = new Doc(), two = new Doc();
  const options = { WebSocketPolyfill: WebSocket, disableBc: true };
  one.getText("a").insert(0, "hello ");
  const first = new WebsocketProvider(url, "room", one, options);
  while (connections.size === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const second = new WebsocketProvider(url, "room", two, options);
  await new Promise<void>((resolve) => second.once("sync", () => resolve()));
  assert.equal(two.getText("a").toString(), "hello ");
  const updated = new Promise<void>((resolve) => one.on("update", resolve));
  two.getText("a").insert(6, "wörld");
  await updated;
  assert.equal(one.getText("a").toString(), "hello wörld");
  first.destroy();
  second.destroy();
});
