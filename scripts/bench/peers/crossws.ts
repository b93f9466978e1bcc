/**
 * Echo server of npm's `crossws`, with the adapter of the runtime it is started on. `--tls` is
 * `wss:`.
 *
 * @module
 */
import { createServer } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { bun } from "./bun.ts";
import { importCrossws } from "./npm.ts";

const adapter = "Bun" in globalThis ? "bun" : "Deno" in globalThis ? "deno" : "node";
const crossws = (await importCrossws(adapter))({
  hooks: { message: (peer, message) => peer.send(message.rawData), error() {} },
});
const isTls = process.argv.includes("--tls");
const certificate = isTls ? (await import("./tls.ts")).CERTIFICATE : undefined;
const log = (port: number) => console.log(`listening ${isTls ? "wss" : "ws"}://127.0.0.1:${port}`);
const hostname = "127.0.0.1";

if (adapter === "node") {
  const server = certificate === undefined ? createServer() : https.createServer(certificate);
  server.on("upgrade", (request, socket, head) => crossws.handleUpgrade(request, socket, head));
  server.listen(0, hostname, () => log((server.address() as AddressInfo).port));
} else if (adapter === "deno") {
  Deno.serve(
    { hostname, port: 0, ...certificate, onListen: ({ port }) => log(port) },
    async (request, info) =>
      await crossws.handleUpgrade(request, info) ?? new Response(null, { status: 426 }),
  );
} else {
  const { port } = bun.serve({
    hostname,
    port: 0,
    tls: certificate,
    fetch: (request, server) => crossws.handleUpgrade(request, server),
    websocket: crossws.websocket,
  });
  log(port);
}
