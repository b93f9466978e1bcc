/**
 * Echo server of Bun's own: `Bun.serve`, µWebSockets underneath. `--deflate` compresses, `--tls` is
 * `wss:`.
 *
 * @module
 */
import process from "node:process";
import { bun, type BunServer, type BunWebSocket } from "./bun.ts";

const deflates = process.argv.includes("--deflate");
const isTls = process.argv.includes("--tls");
const { port } = bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  tls: isTls ? (await import("./tls.ts")).CERTIFICATE : undefined,
  fetch: (request: Request, server: BunServer) =>
    server.upgrade(request) ? undefined : new Response("not an upgrade", { status: 426 }),
  websocket: {
    perMessageDeflate: deflates,
    maxPayloadLength: 64 * 1024 * 1024,
    backpressureLimit: 256 * 1024 * 1024,
    message: deflates
      ? (socket: BunWebSocket, message: string | Uint8Array) => socket.send(message, true)
      : (socket: BunWebSocket, message: string | Uint8Array) => socket.send(message),
  },
});
console.log(`listening ${isTls ? "wss" : "ws"}://127.0.0.1:${port}`);
