/**
 * A server as systemd and Docker run it: SIGTERM lets it drain for up to 30 seconds. Beside it:
 * `chat.service`, `Dockerfile` and `compose.yaml`, all of which wait for 40.
 *
 *     deno run -A main.ts [--port N]      bun main.ts      node main.ts
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
// In a project of your own: from "@fullduplex/websocket".
import { serve } from "../../mod.ts";

const { values: { port, hostname } } = parseArgs({
  options: {
    port: { type: "string", default: "8770" },
    hostname: { type: "string", default: "127.0.0.1" }, // in a container 0.0.0.0
  },
});
const server = await serve({ port: Number(port), hostname, fetch: () => new Response("up\n") }, {
  message: (connection, message) => connection.send(message),
  drain: (connection) => connection.send("the server restarts"),
});
console.log(`listening on http://127.0.0.1:${server.port}/`);
process.once("SIGTERM", () => void server.close({ timeoutMs: 30_000, spreadMs: 1_000 }));
const { drained, forced } = await server.closed;
console.log(`${drained} connections have ended in time, ${forced} were cut`);
process.exit(0);
