/**
 * An echo server as its owner runs it: limits, `/metrics` for Prometheus, `/inspector` for people,
 * and an end in good order on SIGTERM.
 *
 *     node main.ts [--port N] [--token SECRET]
 *
 * Without `--token` anyone who reaches the port may look; it listens on 127.0.0.1 only.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { serve } from "../../mod.ts"; // yours: "@fullduplex/websocket"
import { collect, inspector } from "../../src/observe/mod.ts"; // yours: "@fullduplex/websocket/observe"
import { toPrometheus } from "./metrics.ts";

const { values: flags } = parseArgs({
  options: { port: { type: "string", default: "8767" }, token: { type: "string" } },
});

const server = await serve({
  port: Number(flags.port),
  maxConnections: 20_000,
  maxConnectionsPerAddress: 20_000,
  messagesPerSecond: 1_000,
  bytesPerSecond: 1024 * 1024,
  allowedHosts: ["127.0.0.1", "localhost"],
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/metrics") return new Response(toPrometheus(numbers));
    return pathname === "/inspector" ? page(request) : new Response("not found\n", { status: 404 });
  },
}, {
  message: (connection, message) => connection.send(message),
  drain: (connection) => connection.send("the server restarts; come back in a moment"),
});

const numbers = collect(server);
const page = inspector(server, {
  authorise: ({ headers }) =>
    flags.token === undefined || headers.get("authorization") === `Bearer ${flags.token}`,
});
console.log(`http://127.0.0.1:${server.port}/inspector`);

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    const { drained, forced } = await server.close({ code: 1012, spreadMs: 2_000 });
    console.log(`closed: ${drained} drained, ${forced} dropped`);
    process.exit(0);
  });
}
