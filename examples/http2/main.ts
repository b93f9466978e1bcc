/**
 * WebSockets and ordinary requests over HTTP/1.1 and HTTP/2 on one port, here an echo at `/echo`.
 * Browsers use HTTP/2 with TLS only; without it, HTTP/2 is for a proxy or a client that knows of
 * it.
 *
 *     deno run -A main.ts [--port N] [--cert FILE --key FILE]
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { routes, serve } from "../../mod.ts"; // yours: "@fullduplex/websocket"

const { values: { port, cert, key } } = parseArgs({
  options: {
    port: { type: "string", default: "8767" },
    cert: { type: "string" },
    key: { type: "string" },
  },
});
const tls = cert === undefined || key === undefined
  ? {}
  : { tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") } };

const server = await serve(
  { port: Number(port), ...tls, http2: true, fetch: () => new Response("an ordinary answer\n") },
  routes({
    "/echo": { message: (connection, message) => connection.send(message) },
  }),
);
console.log(server.url.replace(/^ws/, "http"));

process.once("SIGTERM", () => void server.close());
