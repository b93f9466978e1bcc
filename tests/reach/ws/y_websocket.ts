/**
 * The server of `y-websocket`, and its own provider on the runtime's `WebSocket`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { loadWs } from "./load_ws.ts";

interface Text {
  insert(at: number, text: string): void;
  toString(): string;
}
interface Doc {
  readonly clientID: number;
  getText(name: string): Text;
  on(name: "update", listener: () => void): void;
}
interface Awareness {
  setLocalStateField(name: string, value: unknown): void;
  getStates(): Map<number, Record<string, unknown>>;
  on(name: "change", listener: () => void): void;
}
interface Provider {
  readonly awareness: Awareness;
  once(name: "sync", listener: () => void): void;
  destroy(): void;
}
interface YWebsocket {
  WebsocketProvider: new (url: string, room: string, doc: Doc, options: object) => Provider;
}

await runProgram(async () => {
  const { WebSocketServer } = await loadWs();
  const { setupWSConnection } = await loadPackage<
    { setupWSConnection(socket: unknown, request: IncomingMessage): void }
  >("@y/websocket-server/utils");
  const { WebsocketProvider } = await loadPackage<YWebsocket>("y-websocket");
  const { Doc } = await loadPackage<{ Doc: new () => Doc }>("yjs");
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  wss.on("connection", (socket, request) => setupWSConnection(socket, request));
  await once(wss, "listening");
  const { port } = wss.address() as { port: number };

  const join = async (): Promise<{ doc: Doc; provider: Provider }> => {
    const doc = new Doc();
    // Without it, providers of one process talk past the server.
    const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, "room", doc, {
      disableBc: true,
    });
    await new Promise<void>((resolve) => provider.once("sync", resolve));
    return { doc, provider };
  };
  const until = (doc: Doc, text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (doc.getText("t").toString() === text) resolve();
      };
      doc.on("update", look);
      look();
    });

  const a = await join(), b = await join();
  a.doc.getText("t").insert(0, "hello");
  await until(b.doc, "hello");
  b.doc.getText("t").insert(5, " world");
  await until(a.doc, "hello world");

  const aware = new Promise<void>((resolve) => {
    b.provider.awareness.on("change", () => {
      if (b.provider.awareness.getStates().get(a.doc.clientID)?.name === "a") resolve();
    });
  });
  a.provider.awareness.setLocalStateField("name", "a");
  await aware;

  const late = await join();
  assert.equal(late.doc.getText("t").toString(), "hello world");
  assert.equal(wss.clients!.size, 3);
  for (const { provider } of [a, b, late]) provider.destroy();
  while (wss.clients!.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  wss.close();
});
