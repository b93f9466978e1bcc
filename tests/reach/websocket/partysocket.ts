/**
 * `partysocket`: an echo of text and bytes, and the way back after a lost connection.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere, Values } from "../program.ts";

interface Party {
  readonly default: new (options: {
    host: string;
    room: string;
    protocol: "ws";
    query: Record<string, string>;
    WebSocket: unknown;
    minReconnectionDelay: number;
    maxReconnectionDelay: number;
  }) => {
    binaryType: string;
    addEventListener(type: string, listener: (event: { data: unknown }) => void): void;
    send(data: string | Uint8Array): void;
    close(code: number, reason: string): void;
  };
}

await runProgram(async () => {
  const { default: PartySocket } = await loadPackage<Party>("partysocket");
  const paths: string[] = [];
  const codes = new Values<number>();
  const url = await serveHere({
    open: (_connection, { url }) => {
      paths.push(new URL(url).pathname);
    },
    message: (connection, message) =>
      message === "drop" ? connection.abort() : connection.send(message),
    close: (_connection, { code }) => codes.push(code),
  });
  const socket = new PartySocket({
    host: new URL(url).host,
    room: "lobby",
    protocol: "ws",
    query: { token: "1234" },
    WebSocket,
    minReconnectionDelay: 10,
    maxReconnectionDelay: 10,
  });
  socket.binaryType = "arraybuffer";
  const messages = new Values<unknown>();
  socket.addEventListener("message", ({ data }) => messages.push(data));
  socket.send("before it is open");
  assert.equal(await messages.next(), "before it is open");
  socket.send(Uint8Array.of(1, 2));
  assert.deepEqual(new Uint8Array(await messages.next() as ArrayBuffer), Uint8Array.of(1, 2));
  const lost = new Promise((resolve) => socket.addEventListener("close", resolve));
  socket.send("drop");
  assert.equal(await codes.next(), 1006);
  await lost;
  socket.send("after");
  assert.equal(await messages.next(), "after");
  assert.deepEqual(paths, ["/parties/main/lobby", "/parties/main/lobby"]);
  socket.close(4000, "bye");
  assert.equal(await codes.next(), 4000);
});
