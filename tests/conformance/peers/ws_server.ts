/** Echo server of npm's `ws`, on Node: `ws_server.ts MAX_MESSAGE_BYTES`. @module */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { WebSocketServer } from "../../interop/ws_module.ts";

const server = createServer((_, response) => response.writeHead(426).end());
const maxPayload = Number(process.argv[2]);
const echoes = new WebSocketServer({ server, maxPayload, perMessageDeflate: true });
echoes.on("connection", (socket) => {
  socket.on("error", () => {}); // what a peer does wrong
  socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
});
server.listen(0, "127.0.0.1", () => {
  console.log(`listening ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
