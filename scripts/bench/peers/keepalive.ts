/**
 * Servers of others that send a ping after 20 seconds without traffic and end a connection that
 * does not answer, as ours does by default: `ws` on Node by the timer of its README, Deno's own by
 * its `idleTimeout`, half of which is the time until the ping, and Bun's own by its `idleTimeout`,
 * with which the ping comes after 17 to 21 s if it is 28 (Bun 1.4.5).
 *
 * @module
 */
import { bun, type BunServer } from "./bun.ts";

const PING_SECONDS = 20, DENO_IDLE_SECONDS = 40, BUN_IDLE_SECONDS = 28, hostname = "127.0.0.1";
const log = (port: number) => console.log(`listening ws://${hostname}:${port}`);

function onDeno(): void {
  Deno.serve({ hostname, port: 0, onListen: ({ port }) => log(port) }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: DENO_IDLE_SECONDS });
    socket.onmessage = ({ data }) => socket.send(data);
    socket.onerror = () => {};
    return response;
  });
}

function onBun(): void {
  const { port } = bun.serve({
    hostname,
    port: 0,
    fetch: (request: Request, server: BunServer) =>
      server.upgrade(request) ? undefined : new Response("not an upgrade", { status: 426 }),
    websocket: { idleTimeout: BUN_IDLE_SECONDS, sendPings: true, message() {} },
  });
  log(port);
}

async function onNode(): Promise<void> {
  const { requireWs } = await import("./npm.ts");
  const { WebSocketServer } = requireWs();
  const server = new WebSocketServer({ host: hostname, port: 0, perMessageDeflate: false });
  const answered = new WeakSet<object>();
  server.on("connection", (socket) => {
    answered.add(socket);
    socket.on("pong", () => void answered.add(socket));
    socket.on("error", () => {});
  });
  setInterval(() => {
    for (const socket of server.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_SECONDS * 1000);
  server.on("listening", () => log(server.address().port));
}

if ("Deno" in globalThis) onDeno();
else if ("Bun" in globalThis) onBun();
else await onNode();
