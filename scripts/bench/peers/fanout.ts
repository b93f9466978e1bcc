/**
 * Servers of others that send whatever arrives to all connections, as `scripts/fanout.ts` is one of
 * ours: `ws` on Node, Deno's own on Deno, and Bun's own on Bun, there by its topics
 * (`--style topics`) or by a loop.
 *
 * @module
 */
import { bun, type BunServer, type BunWebSocket } from "./bun.ts";

const log = (port: number) => console.log(`listening ws://127.0.0.1:${port}`);
const EVERYONE = "everyone", hostname = "127.0.0.1";

function onDeno(): void {
  const sockets = new Set<WebSocket>();
  Deno.serve({ hostname, port: 0, onListen: ({ port }) => log(port) }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => void sockets.add(socket);
    socket.onclose = () => void sockets.delete(socket);
    socket.onmessage = ({ data }) => {
      for (const each of sockets) if (each.readyState === WebSocket.OPEN) each.send(data);
    };
    socket.onerror = () => {};
    return response;
  });
}

function onBun({ isByTopics }: { readonly isByTopics: boolean }): void {
  const sockets = new Set<BunWebSocket>();
  const server = bun.serve({
    hostname,
    port: 0,
    fetch: (request: Request, server: BunServer) =>
      server.upgrade(request) ? undefined : new Response("not an upgrade", { status: 426 }),
    websocket: {
      perMessageDeflate: false,
      backpressureLimit: 256 * 1024 * 1024,
      open(socket: BunWebSocket) {
        sockets.add(socket);
        if (isByTopics) socket.subscribe(EVERYONE);
      },
      close: (socket: BunWebSocket) => void sockets.delete(socket),
      message(_socket: BunWebSocket, message: string | Uint8Array) {
        if (isByTopics) server.publish(EVERYONE, message);
        else for (const each of sockets) each.send(message);
      },
    },
  });
  log(server.port);
}

async function onNode(): Promise<void> {
  const { requireWs } = await import("./npm.ts");
  const { WebSocketServer } = requireWs();
  const server = new WebSocketServer({ host: hostname, port: 0, perMessageDeflate: false });
  server.on("connection", (socket) => {
    socket.on("message", (message, isBinary) => {
      for (const each of server.clients) each.send(message, { binary: isBinary });
    });
    socket.on("error", () => {});
  });
  server.on("listening", () => log(server.address().port));
}

if ("Deno" in globalThis) onDeno();
else if ("Bun" in globalThis) {
  const { argv } = (await import("node:process")).default;
  onBun({ isByTopics: argv.includes("topics") });
} else await onNode();
