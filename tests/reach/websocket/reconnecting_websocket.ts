/**
 * `reconnecting-websocket`: an echo, and the way back after a lost connection.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadPackage } from "../load_package.ts";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { runProgram, serveHere } from "../program.ts";

interface Module {
  readonly default: ReconnectingConstructor | { readonly default: ReconnectingConstructor };
}
type ReconnectingConstructor = new (
  url: string,
  protocols: string[],
  options: { WebSocket: unknown; minReconnectionDelay: number; maxReconnectionDelay: number },
) => Reconnecting;
interface Reconnecting {
  readonly retryCount: number;
  addEventListener(type: string, listener: (event: { data: unknown }) => void): void;
  send(data: string): void;
  close(): void;
}

await runProgram(async () => {
  const { default: found } = await loadPackage<Module>("reconnecting-websocket");
  const ReconnectingWebSocket = "default" in found ? found.default : found;
  let connections = 0;
  const url = await serveHere({
    open: () => {
      connections++;
    },
    message: (connection, message) => {
      if (message === "drop me") return connection.abort();
      return connection.send(`${connections} ${message}`);
    },
  });
  const socket = new ReconnectingWebSocket(url, [], {
    WebSocket,
    minReconnectionDelay: 10,
    maxReconnectionDelay: 10,
  });
  const told: unknown[] = [];
  const done = Promise.withResolvers<void>();
  socket.addEventListener("open", () => socket.send("hello"));
  socket.addEventListener("message", ({ data }) => {
    told.push(data);
    if (connections === 1) socket.send("drop me");
    else done.resolve();
  });
  await done.promise;
  assert.deepEqual(told, ["1 hello", "2 hello"]);
  socket.close();
});
