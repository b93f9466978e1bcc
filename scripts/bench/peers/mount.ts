/**
 * Echo server on our `mount`, on the HTTP server that each runtime has: `node:http`, `Deno.serve`
 * or `Bun.serve`.
 *
 * @module
 */
import type { WebSocketHandler } from "../../../mod.ts";
import { bun, type BunServer } from "./bun.ts";

const handler: WebSocketHandler = { message: (connection, message) => connection.send(message) };
const hostname = "127.0.0.1";
const log = (port: number) => console.log(`listening ws://${hostname}:${port}`);

if ("Deno" in globalThis) {
  const { mount } = await import("../../../src/runtime/deno/mod.ts");
  const { upgrade } = mount({}, handler);
  Deno.serve({ hostname, port: 0, onListen: ({ port }) => log(port) }, upgrade);
} else if ("Bun" in globalThis) {
  const { mount } = await import("../../../src/runtime/bun/mod.ts");
  const { upgrade, websocket } = mount({}, handler);
  const fetch = (request: Request, server: BunServer) => upgrade(request, server);
  log(bun.serve({ hostname, port: 0, fetch, websocket }).port);
} else {
  const { mount } = await import("../../../src/runtime/node/mod.ts");
  const { createServer } = await import("node:http");
  const server = createServer((_request, response) => response.end("hello\n"));
  server.on("upgrade", mount({}, handler).upgrade);
  server.listen(0, hostname, () => {
    const address = server.address();
    if (address !== null && typeof address === "object") log(address.port);
  });
}
