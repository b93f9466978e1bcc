/**
 * What a user of the package writes, for `tsc`: every entry point, and mistakes that its
 * declarations must not let pass. It is compiled, never run.
 *
 * @module
 */
import {
  type CloseInfo,
  connect,
  type ConnectOptions,
  type HandlerProducer,
  type Message,
  routes,
  serve,
  type WebSocketConnection,
  WebSocketError,
  type WebSocketErrorCode,
  type WebSocketHandler,
  type WebSocketServer,
} from "@fullduplex/websocket";
import { type BunHttpServer, type BunMount, mount as mountOnBun } from "@fullduplex/websocket/bun";
import { type DenoMount, mount as mountOnDeno } from "@fullduplex/websocket/deno";
import { mount as mountOnNode, type NodeMount } from "@fullduplex/websocket/node";
import { CloseCode, CollectingOutput, Protocol } from "@fullduplex/websocket/protocol";
import { pairConnections, VirtualClock } from "@fullduplex/websocket/testing";
import { connect as connectInBrowser, wrapWebSocket } from "@fullduplex/websocket/web";
import { fromHooks, type Peer } from "@fullduplex/websocket/hooks";
import {
  createWebSocketStream,
  WebSocket as WsWebSocket,
  WebSocketServer as WsServer,
} from "@fullduplex/websocket/ws";
import { createServer, type Server } from "node:http";

const upload: WebSocketHandler = {
  protocol: "upload.example",
  async session(connection) {
    const name: string | null = await connection.readText({ timeoutMs: 5_000 });
    const file = await connection.readStream();
    if (name === null || file === null || file.type !== "binary") return;
    for await (const part of file.readable) part.subarray(1);
  },
};

const shout: WebSocketHandler = {
  message: (connection, message) =>
    connection.send(typeof message === "string" ? message.toUpperCase() : message),
  close: (_connection, { code, initiator }: CloseInfo) => console.log(initiator, code),
};

/** Serves. */
export async function startServer(): Promise<WebSocketServer> {
  return await serve({ port: 0, compression: true }, routes({ "/upload": upload, "/:any": shout }));
}

/** Connects. */
export async function ask(url: URL, options: ConnectOptions): Promise<Message | null> {
  const connection: WebSocketConnection = await connect(url, options);
  try {
    await connection.send(new Uint8Array(3), { compress: false });
    return await connection.read();
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error;
    const code: WebSocketErrorCode = error.code;
    return code;
  } finally {
    await connection.close(CloseCode.NormalClosure);
  }
}

/** Mounts on each runtime's own server. */
export function mountEverywhere(bun: BunHttpServer<never>): [Server, DenoMount, BunMount] {
  const onNode: NodeMount = mountOnNode({}, shout);
  const server = createServer().on("upgrade", onNode.upgrade);
  const onBun = mountOnBun({}, shout);
  bun.requestIP(new Request("http://localhost/"))?.address.toUpperCase();
  return [server, mountOnDeno({}, shout), onBun];
}

/** The entry points without sockets of their own. */
export async function without(socket: WebSocket): Promise<number> {
  const wrapped: WebSocketConnection = await wrapWebSocket(socket, { handler: shout });
  const same: typeof connect = connectInBrowser;
  const pair = await pairConnections(upload, { clock: new VirtualClock() });
  const output = new CollectingOutput();
  const sink = {
    beginMessage: () => "message" as const,
    onMessage: () => true,
    onFragment: () => true,
    onPing() {},
    onPong() {},
    onClose() {},
    onViolation() {},
  };
  new Protocol({ role: "server", output, sink }).sendMessage("hello");
  await same("ws://localhost/");
  await pair.client.close();
  return wrapped.bufferedAmount + output.take().length;
}

/** Lines that must not compile: if a declaration were missing, these would be `any` and pass. */
export async function mistakes(connection: WebSocketConnection): Promise<void> {
  // @ts-expect-error: a number is no message
  await connection.send(5);
  // @ts-expect-error: a message may be binary
  const text: string | null = await connection.read();
  // @ts-expect-error: there is no such option
  await serve({ prot: 1 }, shout);
  // @ts-expect-error: there is no such code
  new WebSocketError("ERR_NONE", `${text}`);
  // @ts-expect-error: a role is "client" or "server"
  new Protocol({ role: "peer", output: new CollectingOutput(), sink: null });
}

/** A program for `ws`. */
export function serveLikeWs(server: Server): WsServer {
  const sockets = new WsServer({ server, maxPayload: 1_000 });
  sockets.on("connection", (socket, request) => {
    const path: string | undefined = request.url;
    socket.on("message", (data, isBinary) => socket.send(isBinary ? data.toString() : `${path}`));
    socket.onclose = ({ code }) => console.log(code, socket.readyState === WsWebSocket.CLOSED);
    createWebSocketStream(socket).on("data", (part) => console.log(part));
    // @ts-expect-error: `ws` has no such event
    socket.on("massage", () => {});
  });
  return sockets;
}

/** Hooks. */
export const hooks: HandlerProducer = fromHooks({
  upgrade: () => ({ context: { user: "me" } }),
  open: (peer) => peer.subscribe("chat"),
  message: (peer: Peer, message) => peer.publish("chat", message.text()),
  close: (_peer, { code }) => console.log(code.toFixed()),
});
