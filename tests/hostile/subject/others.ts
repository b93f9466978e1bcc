/**
 * Other implementations as programs under test, for comparison: `others.ts ws|bun|deno`.
 * They echo on every path, but `/sink` takes all, `/sender` sends for as long as it can,
 * and `/worker` answers late.
 *
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { sleep } from "./handlers.ts";
import { Notes, obey, say } from "./notes.ts";

const MAX_MESSAGE_BYTES = 1_048_576;
const PIECE = new Uint8Array(64 * 1024);
const notes = new Notes();

/** What all of them have. */
interface Socket {
  send(message: string | Uint8Array): void;
  readonly isOpen: boolean;
  readonly buffered: number;
}

function opened(path: string, socket: Socket): void {
  notes.opened++;
  if (path === "/sender") void sendAlways(socket);
}

async function sendAlways(socket: Socket): Promise<void> {
  while (socket.isOpen) {
    if (socket.buffered < 1_048_576) socket.send(PIECE);
    await sleep(1);
  }
}

async function message(path: string, socket: Socket, data: string | Uint8Array): Promise<void> {
  if (path === "/sink" || path === "/sender") return;
  if (path === "/worker") await sleep(300);
  socket.send(path === "/worker" ? "answer" : data);
}

async function startWs(): Promise<number> {
  const { WebSocketServer } = await import("../../interop/ws_module.ts");
  const server = createServer((_, response) => response.writeHead(426).end());
  new WebSocketServer({ server, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: true })
    .on("connection", (socket, request) => {
      const path = request.url ?? "/";
      const own: Socket = {
        send: (data) => socket.send(data, { binary: typeof data !== "string" }),
        get isOpen() {
          return socket.readyState === socket.OPEN;
        },
        get buffered() {
          return socket.bufferedAmount;
        },
      };
      socket.on("error", () => {});
      socket.on("close", (code) => notes.end({ code }));
      socket.on(
        "message",
        (data, isBinary) =>
          void message(path, own, isBinary ? data : new TextDecoder().decode(data)),
      );
      opened(path, own);
    });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

interface BunSocket {
  readonly data: { path: string; own?: Socket };
  readonly readyState: number;
  send(message: string | Uint8Array): number;
  getBufferedAmount(): number;
}
declare const Bun: {
  serve(options: {
    port: number;
    hostname: string;
    fetch(request: Request, server: { upgrade(request: Request, options: object): boolean }):
      | Response
      | undefined;
    websocket: {
      maxPayloadLength: number;
      perMessageDeflate: boolean;
      open(socket: BunSocket): void;
      close(socket: BunSocket, code: number): void;
      message(socket: BunSocket, message: string | Uint8Array): void | Promise<void>;
    };
  }): { readonly port: number };
};

function startBun(): number {
  const { port } = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) =>
      server.upgrade(request, { data: { path: new URL(request.url).pathname } })
        ? undefined
        : new Response("ordinary"),
    websocket: {
      maxPayloadLength: MAX_MESSAGE_BYTES,
      perMessageDeflate: true,
      open(socket) {
        socket.data.own = {
          send: (data) => void socket.send(data),
          get isOpen() {
            return socket.readyState === 1;
          },
          get buffered() {
            return socket.getBufferedAmount();
          },
        };
        opened(socket.data.path, socket.data.own);
      },
      close: (_socket, code) => notes.end({ code }),
      message: ({ data: { path, own } }, data) => message(path, own!, data),
    },
  });
  return port;
}

async function startDeno(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: ({ port }) => resolve(port),
  }, (request) => {
    if (!request.headers.has("upgrade")) return new Response("ordinary");
    const path = new URL(request.url).pathname;
    try {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.binaryType = "arraybuffer";
      const own: Socket = {
        send: (data) => socket.send(data as string),
        get isOpen() {
          return socket.readyState === WebSocket.OPEN;
        },
        get buffered() {
          return socket.bufferedAmount;
        },
      };
      socket.onopen = () => opened(path, own);
      socket.onclose = ({ code }) => notes.end({ code });
      socket.onmessage = ({ data }) =>
        void message(path, own, typeof data === "string" ? data : new Uint8Array(data))
          .catch(() => {});
      return response;
    } catch (error) {
      return new Response(String(error), { status: 400 }); // as its manual does
    }
  });
  return await promise;
}

const starts: Record<string, () => number | Promise<number>> = {
  ws: startWs,
  bun: startBun,
  deno: startDeno,
};
const start = starts[process.argv[2] ?? ""];
if (start === undefined) throw new Error(`others.ts: one of ${Object.keys(starts).join(", ")}`);
const port = await start();
obey({ notes, close: () => Promise.reject(new Error("no such call")) });
say({ listening: port });
