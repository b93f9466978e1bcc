/** Bun's own server: `Bun.serve`. @module */
import { SUBPROTOCOL } from "./checks.ts";
import { inTurn, noteClose, readFlags, respond } from "./server_script.ts";

/** The state of one connection. */
interface State {
  readonly path: string;
  readonly answer: (answer: () => unknown) => void;
  onPong?: () => void;
}

interface BunWebSocket {
  readonly data: State;
  send(message: string | Uint8Array): number;
  ping(payload: string): number;
  close(code: number, reason: string): void;
}

interface BunServer {
  readonly port: number;
  upgrade(request: Request, options: { data: State; headers: HeadersInit }): boolean;
}

declare const Bun: {
  serve(options: {
    port: number;
    hostname: string;
    tls?: { cert: string; key: string };
    fetch(request: Request, server: BunServer): Response | undefined;
    websocket: {
      message(socket: BunWebSocket, message: string | Uint8Array): void;
      pong(socket: BunWebSocket): void;
      close(socket: BunWebSocket, code: number, reason: string): void;
    };
  }): BunServer;
};

const { port, tls, delayMs } = readFlags();
const server = Bun.serve({
  port,
  hostname: "127.0.0.1",
  tls,
  fetch(request, server) {
    const { pathname: path } = new URL(request.url);
    const offered = request.headers.get("sec-websocket-protocol")?.split(/,\s*/) ?? [];
    const headers = offered.includes(SUBPROTOCOL) ? { "Sec-WebSocket-Protocol": SUBPROTOCOL } : {};
    const isUpgraded = server.upgrade(request, {
      data: { path, answer: inTurn(delayMs) },
      headers: headers as HeadersInit,
    });
    return isUpgraded ? undefined : new Response("not an upgrade", { status: 426 });
  },
  websocket: {
    message(socket, message) {
      const { data } = socket;
      const peer = {
        send: (message: string | Uint8Array) => socket.send(message),
        ping: () =>
          new Promise<void>((resolve) => {
            data.onPong = resolve;
            socket.ping("interop");
          }),
        close: (code: number, reason: string) => socket.close(code, reason),
      };
      data.answer(() => respond(data.path, peer, message));
    },
    pong: ({ data }) => data.onPong?.(),
    close: ({ data }, code, reason) => noteClose(data.path, { code, reason }),
  },
});
console.log(`listening ${tls ? "wss" : "ws"}://127.0.0.1:${server.port}`);
