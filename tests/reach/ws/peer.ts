/**
 * `peer`, the server of PeerJS, whose option takes the WebSocket server: two clients are told that
 * they are open, an offer goes from one to the other, a stranger's key is refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebSocket } from "../../../src/ws/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, Values } from "../program.ts";
import { loadWs } from "./load_ws.ts";

interface Peer {
  PeerServer(
    options: { port: number; host: string; createWebSocketServer(options: object): unknown },
    callback: (server: Server) => void,
  ): {
    on(event: "connection" | "disconnect", listener: (client: { getId(): string }) => void): void;
  };
}

await runProgram(async () => {
  const { WebSocket, WebSocketServer } = await loadWs();
  const { PeerServer } = await loadPackage<Peer>("peer");
  const seen = new Values<string>();
  const server = await new Promise<Server>((resolve) => {
    const app = PeerServer({
      port: 0,
      host: "127.0.0.1",
      createWebSocketServer: (options) => new WebSocketServer(options),
    }, resolve);
    app.on("connection", (client) => seen.push(`${client.getId()} came`));
    app.on("disconnect", (client) => seen.push(`${client.getId()} left`));
  });
  const { port } = server.address() as AddressInfo;
  const open = async (id: string, key = "peerjs") => {
    const query = `key=${key}&id=${id}&token=${id}&version=1`;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/peerjs?${query}`);
    const messages = new Values<{ type: string; src?: string; payload?: unknown }>();
    socket.on("message", (data) => messages.push(JSON.parse(data.toString())));
    await once(socket, "open");
    return { socket, messages };
  };
  const next = async (client: { messages: Values<{ type: string }> }): Promise<string> =>
    (await client.messages.next()).type;

  const alice = await open("alice");
  assert.equal(await next(alice), "OPEN");
  const bob = await open("bob");
  assert.equal(await next(bob), "OPEN");
  assert.deepEqual([await seen.next(), await seen.next()], ["alice came", "bob came"]);
  send(alice.socket, { type: "OFFER", dst: "bob", payload: { sdp: "hello" } });
  assert.deepEqual(await bob.messages.next(), {
    type: "OFFER",
    src: "alice",
    dst: "bob",
    payload: { sdp: "hello" },
  });
  const stranger = await open("eve", "other");
  const closed = once(stranger.socket, "close");
  assert.equal(await next(stranger), "ERROR");
  await closed;
  bob.socket.close();
  assert.equal(await seen.next(), "bob left");
});

function send(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message));
}
