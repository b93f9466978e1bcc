/**
 * Between HTTP/1.1, which the cases speak, and WebSockets over HTTP/2 without TLS: it translates
 * the opening handshake and copies bytes. All that goes one way shares one session.
 *
 *     main.ts server PORT   takes HTTP/1.1 for the server of HTTP/2 at PORT
 *     main.ts client        takes HTTP/2; the first segment of a path is the port of a server of HTTP/1.1
 *
 * Its first line is `listening ws://127.0.0.1:PORT`.
 *
 * @module
 */
import * as http2 from "node:http2";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import process from "node:process";
import { acceptKey } from "../../../src/handshake/accept_key.ts";
import { readHead, toHttp2, toLines } from "./head.ts";

/** The key of RFC 6455 section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const CANCEL = 8;

/** Copies bytes and the ends of both sides, until one is gone. */
function join(socket: Socket, stream: http2.Http2Stream): void {
  socket.pipe(stream).pipe(socket);
  socket.on("close", () => stream.close(CANCEL));
  stream.on("close", () => {
    if (stream.rstCode === 0) socket.end();
    else socket.resetAndDestroy();
  });
}

/** A session that is open, with the server's settings. */
async function openSession(port: number): Promise<http2.ClientHttp2Session> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  await new Promise((resolve) => session.once("remoteSettings", resolve).once("close", resolve));
  return session;
}

/** HTTP/1.1 for a server of HTTP/2. */
function forServer(port: number): Server {
  let opening: Promise<http2.ClientHttp2Session> | null = null;
  const take = (): Promise<http2.ClientHttp2Session> => {
    opening ??= openSession(port).then((session) => session.once("close", () => opening = null));
    return opening;
  };
  return createServer({ allowHalfOpen: true }, async (socket) => {
    socket.setNoDelay(true).on("error", () => {});
    const [head, session] = await Promise.all([readHead(socket), take()]);
    if (head === null || session.destroyed) return void socket.destroy();
    const { "sec-websocket-key": key = "", host = "" } = head.fields;
    const stream = session.request({
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": "http",
      ":path": head.line.split(" ")[1],
      ":authority": host,
      ...toHttp2(head),
    }, { endStream: false });
    stream.on("error", () => {});
    stream.once("response", ({ ":status": status, ...headers }) => {
      const line = status === 200 ? "101 Switching Protocols" : `${status} Refused`;
      const own = status === 200
        ? `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n`
        : "";
      socket.write(`HTTP/1.1 ${line}\r\n${own}${toLines(headers)}\r\n`);
    });
    join(socket, stream);
  });
}

/** HTTP/2 for servers of HTTP/1.1. */
function forClient(): http2.Http2Server {
  const server = http2.createServer({ settings: { enableConnectProtocol: true } });
  server.on("stream", async (stream, { ":path": path = "", ":authority": host, ...headers }) => {
    stream.on("error", () => {});
    const [, port, ...rest] = path.split("/");
    const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    socket.setNoDelay(true).on("error", () => {});
    socket.write(
      `GET /${rest.join("/")} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\n${toLines(headers)}\r\n`,
    );
    const head = await readHead(socket);
    if (head === null || stream.destroyed) {
      socket.destroy();
      return stream.close(CANCEL);
    }
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head.line)?.[1];
    stream.respond({ ...toHttp2(head), ":status": status === "101" ? 200 : Number(status) });
    join(socket, stream);
  });
  server.on("sessionError", () => {});
  return server;
}

const [role, port] = process.argv.slice(2);
const server = role === "server" ? forServer(Number(port)) : forClient();
server.listen(0, "127.0.0.1", () => {
  console.log(`listening ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
