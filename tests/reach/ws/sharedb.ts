/**
 * `sharedb` over `@teamwork/websocket-json-stream`, both on sockets of the server and of clients: a
 * document is made, another client subscribes to it, and both agree after operations of both.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { loadWs } from "./load_ws.ts";

type Callback = (error?: Error | null) => void;
interface Doc {
  readonly data: unknown;
  create(data: unknown, callback: Callback): void;
  subscribe(callback: Callback): void;
  submitOp(op: unknown, callback: Callback): void;
  on(event: "op", listener: () => void): void;
}
interface ShareDb {
  default: new () => { listen(stream: unknown): void };
}
interface Client {
  default: {
    Connection: new (socket: unknown) => { get(name: string, id: string): Doc; close(): void };
  };
}
interface JsonStream {
  default: new (socket: unknown) => unknown;
}

const done = (call: (callback: Callback) => void): Promise<void> =>
  new Promise((resolve, reject) => call((error) => error ? reject(error) : resolve()));

await runProgram(async () => {
  const { WebSocket, WebSocketServer } = await loadWs();
  const { default: Backend } = await loadPackage<ShareDb>("sharedb");
  const { default: { Connection } } = await loadPackage<Client>("sharedb/lib/client/index.js");
  const { default: Stream } = await loadPackage<JsonStream>("@teamwork/websocket-json-stream");
  const backend = new Backend();
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  wss.on("connection", (socket) => backend.listen(new Stream(socket)));
  await once(wss, "listening");
  const { port } = wss.address() as AddressInfo;
  const connect = () => new Connection(new WebSocket(`ws://127.0.0.1:${port}`));
  const first = connect(), second = connect();
  const mine = first.get("counters", "a"), yours = second.get("counters", "a");

  await done((callback) => mine.create({ n: 1 }, callback));
  await done((callback) => mine.subscribe(callback));
  await done((callback) => yours.subscribe(callback));
  assert.deepEqual(yours.data, { n: 1 });
  const add = (n: number) => [{ p: ["n"], na: n }];
  await Promise.all([
    done((callback) => mine.submitOp(add(5), callback)),
    done((callback) => yours.submitOp(add(7), callback)),
  ]);
  const agree = (doc: Doc) => JSON.stringify(doc.data) === '{"n":13}';
  while (!agree(mine) || !agree(yours)) await new Promise((resolve) => setTimeout(resolve, 5));
  first.close();
  second.close();
  while (wss.clients!.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await done((callback) => wss.close(callback));
});
