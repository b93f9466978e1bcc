/**
 * WebSockets beside everything else that a `node:http` server does, here an echo at `/echo`.
 * The same for `node:https`, and for what is built on these: Express, Fastify, Koa.
 *
 *     node main.ts [--port N]
 *
 * @module
 */
import { createServer } from "node:http";
import process from "node:process";
import { parseArgs } from "node:util";
import { routes } from "../../mod.ts";
import { mount } from "../../src/runtime/node/mod.ts"; // yours: "@fullduplex/websocket/node"

const { values: flags } = parseArgs({ options: { port: { type: "string", default: "8766" } } });

const websockets = mount(
  {},
  routes({
    "/echo": { message: (connection, message) => connection.send(message) },
  }),
);

const server = createServer((_request, response) => response.end("an ordinary answer\n"));
server.on("upgrade", websockets.upgrade);
server.listen(Number(flags.port), "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") console.log(`http://127.0.0.1:${address?.port}/`);
});

process.once("SIGTERM", async () => {
  server.close(); // takes no new connections; those that were upgraded are not its own any more
  await websockets.close();
});
