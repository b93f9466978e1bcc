/**
 * WebSockets on a `Deno.serve` that does other things too, here an echo at `/echo`.
 *
 *     deno run -A main.ts [--port N]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { mount, routes } from "../../src/runtime/deno/mod.ts"; // yours: "@fullduplex/websocket/deno"

const { values: flags } = parseArgs({ options: { port: { type: "string", default: "8767" } } });

const websockets = mount(
  {},
  routes({
    "/echo": { message: (connection, message) => connection.send(message) },
  }),
);

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(flags.port),
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}/`),
  handler(request, info) {
    if (request.headers.has("upgrade")) return websockets.upgrade(request, info);
    return new Response("an ordinary answer\n");
  },
});

Deno.addSignalListener("SIGTERM", async () => {
  await websockets.close();
  await server.shutdown();
  Deno.exit();
});
