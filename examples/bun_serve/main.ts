/**
 * WebSockets on a `Bun.serve` that does other things too, here an echo at `/echo`.
 *
 *     bun main.ts [--port N]
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { mount, routes } from "../../src/runtime/bun/mod.ts"; // yours: "@fullduplex/websocket/bun"
import type { BunServe } from "./bun.ts"; // yours: "@types/bun"

declare const Bun: BunServe;

const { values: flags } = parseArgs({ options: { port: { type: "string", default: "8768" } } });

const websockets = mount(
  {},
  routes({
    "/echo": { message: (connection, message) => connection.send(message) },
  }),
);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(flags.port),
  fetch(request, server) {
    if (request.headers.has("upgrade")) return websockets.upgrade(request, server);
    return new Response("an ordinary answer\n");
  },
  websocket: websockets.websocket,
});
console.log(`http://127.0.0.1:${server.port}/`);

process.once("SIGTERM", async () => {
  await websockets.close();
  await server.stop();
});
