/**
 * `socket.io` with our server as its `wsEngine`, and its own client.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type Server as HttpServer } from "node:http";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { listen, loadWs } from "./load_ws.ts";

interface Socket {
  readonly id: string;
  on(name: string, listener: (...args: never[]) => void): void;
  once(name: string, listener: (...args: never[]) => void): void;
  emit(name: string, ...args: unknown[]): void;
  emitWithAck(name: string, ...args: unknown[]): Promise<unknown>;
  join(room: string): void;
  disconnect(): void;
  readonly conn: { readonly transport: { readonly name: string } };
}
interface ClientSocket extends Socket {
  readonly io: {
    readonly engine: {
      readonly transport: { readonly name: string };
      once(name: string, listener: () => void): void;
    };
  };
}
interface Io {
  on(name: "connection", listener: (socket: Socket) => void): void;
  to(room: string): { emit(name: string, ...args: unknown[]): void };
}
type IoConstructor = new (http: HttpServer, options: object) => Io;
type Connect = (url: string, options: object) => ClientSocket;

const once = (socket: Socket, name: string) =>
  new Promise<unknown>((resolve) => socket.once(name, (value) => resolve(value)));

await runProgram(async () => {
  const { WebSocketServer } = await loadWs();
  const { Server } = await loadPackage<{ Server: IoConstructor }>("socket.io");
  const { io: connect } = await loadPackage<{ io: Connect }>("socket.io-client");
  const http = createServer();
  const io = new Server(http, {
    wsEngine: WebSocketServer,
    perMessageDeflate: { threshold: 32 },
    maxHttpBufferSize: 100_000,
  });
  io.on("connection", (socket) => {
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
    socket.on("join", (room: string, answer: () => void) => {
      socket.join(room);
      answer();
    });
    socket.on("transport", (answer: (name: string) => void) => answer(socket.conn.transport.name));
  });
  const url = `http://${await listen(http)}`;

  const first = connect(url, { transports: ["websocket"], forceNew: true, reconnection: false });
  await once(first, "connect");
  assert.equal(await first.emitWithAck("transport"), "websocket");
  assert.deepEqual(await first.emitWithAck("echo", { a: [1, "zwei"] }), { a: [1, "zwei"] });
  const bytes = Buffer.from(Uint8Array.from({ length: 5_000 }, (_, at) => at));
  assert.deepEqual(Buffer.from(await first.emitWithAck("echo", bytes) as Uint8Array), bytes);

  const second = connect(url, { forceNew: true, reconnection: false }); // begins with polling
  await once(second, "connect");
  if (second.io.engine.transport.name !== "websocket") {
    await new Promise<void>((resolve) => second.io.engine.once("upgrade", resolve));
  }
  assert.equal(await second.emitWithAck("transport"), "websocket");

  await Promise.all([first, second].map((socket) => socket.emitWithAck("join", "room")));
  const told = [once(first, "news"), once(second, "news")];
  io.to("room").emit("news", "x".repeat(100));
  assert.deepEqual(await Promise.all(told), ["x".repeat(100), "x".repeat(100)]);

  const gone = once(first, "disconnect");
  first.emit("echo", "x".repeat(200_000));
  await gone; // the server has a limit
  assert.equal(await second.emitWithAck("echo", "still here"), "still here");
  second.disconnect();
});
