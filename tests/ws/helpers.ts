/**
 * A server of the face `./ws` on a free port, for the time of one test.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import {
  type ClientOptions,
  type RawData,
  type ServerOptions,
  WebSocket,
  WebSocketServer,
} from "../../src/ws/mod.ts";
import { RawClient } from "../helpers/raw_http.ts";

/** A server that listens, and ways to it. */
export interface Listening {
  readonly server: WebSocketServer;
  /** `ws://127.0.0.1:PORT`. */
  readonly url: string;
  /** Connects a client; gives both ends once they are open. */
  open(options?: ClientOptions & { path?: string }): Promise<Ends>;
  /** A peer that speaks bytes. */
  openRaw(): RawClient;
}

/** Both ends of one connection. */
export interface Ends {
  readonly client: WebSocket;
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

/** Runs a test against a server; what is open at its end is dropped. */
export async function withServer(
  options: Omit<ServerOptions, "port" | "server" | "noServer">,
  use: (listening: Listening) => Promise<void>,
): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  const sockets: WebSocket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  await once(server, "listening");
  const port = portOf(server);
  const url = `ws://127.0.0.1:${port}`;
  try {
    await use({
      server,
      url,
      async open({ path = "/", ...clientOptions } = {}) {
        const connected = once(server, "connection");
        const client = new WebSocket(`${url}${path}`, clientOptions);
        sockets.push(client);
        const [[socket, request]] = await Promise.all([connected, once(client, "open")]);
        return { client, socket, request };
      },
      openRaw: () => new RawClient({ transport: "tcp", hostname: "127.0.0.1", port }),
    });
  } finally {
    for (const socket of sockets) socket.terminate();
    server.close();
    await once(server, "close");
  }
}

/** The port that a server listens on. */
export function portOf(server: WebSocketServer): number {
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

/** Waits for a message; a text as a string, else as it came. */
export async function nextMessage(socket: WebSocket): Promise<string | RawData> {
  const [data, isBinary] = await once(socket, "message");
  return isBinary ? data : data.toString();
}

/**
 * Waits for the end of a connection: code and reason. (`once` of `node:events` would reject at
 * `error`.)
 */
export function nextClose(socket: WebSocket): Promise<[code: number, reason: string]> {
  return new Promise((resolve) => {
    socket.once("close", (code, reason) => resolve([code, reason.toString()]));
  });
}

/** Waits for the error of a client that cannot connect, and for `close` behind it. */
export async function failureOf(client: WebSocket): Promise<Error> {
  const closed = nextClose(client);
  const error = await new Promise<Error>((resolve) => client.once("error", resolve));
  assert.deepEqual(await closed, [1006, ""]);
  return error;
}
