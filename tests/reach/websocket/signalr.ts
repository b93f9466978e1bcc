/**
 * `@microsoft/signalr`: an invocation, a stream and a call by the server, with header fields in
 * the third argument of the class.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere, Values } from "../program.ts";

interface Hub {
  start(): Promise<void>;
  stop(): Promise<void>;
  invoke(method: string, ...args: unknown[]): Promise<unknown>;
  on(method: string, callback: (...args: unknown[]) => void): void;
  stream(method: string, ...args: unknown[]): {
    subscribe(observer: {
      next(value: unknown): void;
      complete(): void;
      error(error: unknown): void;
    }): void;
  };
}
interface Builder {
  withUrl(url: string, options: unknown): Builder;
  configureLogging(level: number): Builder;
  build(): Hub;
}
interface SignalR {
  HubConnectionBuilder: new () => Builder;
  HttpTransportType: { readonly WebSockets: number };
  LogLevel: { readonly Error: number };
}
interface Call {
  readonly type: number;
  readonly invocationId: string;
  readonly target: string;
  readonly arguments: readonly number[];
}

const END = "\u001e"; // of a record

await runProgram(async () => {
  const { HubConnectionBuilder, HttpTransportType, LogLevel } = await loadPackage<SignalR>(
    "@microsoft/signalr",
  );
  let headers: Headers | null = null;
  const url = await serveHere({
    open: (_connection, request) => {
      headers = request.headers;
    },
    async message(connection, message) {
      const send = (record: unknown) => connection.send(`${JSON.stringify(record)}${END}`);
      for (const record of String(message).split(END).slice(0, -1)) {
        const call = JSON.parse(record) as Partial<Call>;
        const { type, invocationId, target, arguments: args = [] } = call;
        if (type === undefined) await send({}); // the handshake
        else if (type === 1) {
          await send({ type: 1, target: "told", arguments: [target] });
          await send({
            type: 3,
            invocationId,
            result: args.reduce((sum, value) => sum + value, 0),
          });
        } else if (type === 4) {
          for (const item of args) await send({ type: 2, invocationId, item });
          await send({ type: 3, invocationId });
        }
      }
    },
  });
  const hub = new HubConnectionBuilder().withUrl(url.replace("ws:", "http:"), {
    WebSocket,
    skipNegotiation: true,
    transport: HttpTransportType.WebSockets,
    headers: { "X-Tenant": "seven" },
    accessTokenFactory: () => "1234",
  }).configureLogging(LogLevel.Error).build();
  const told = new Values<unknown>();
  hub.on("told", told.push);
  await hub.start();
  assert.equal(await hub.invoke("add", 1, 2, 3), 6);
  assert.equal(await told.next(), "add");
  const items: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    hub.stream("list", 4, 5).subscribe({
      next: (item) => items.push(item),
      complete: resolve,
      error: reject,
    });
  });
  assert.deepEqual(items, [4, 5]);
  assert.equal(headers!.get("x-tenant"), "seven");
  assert.equal(headers!.get("authorization"), "Bearer 1234");
  await hub.stop();
});
