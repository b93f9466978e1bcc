// The npm package ws on /old and WebSockets of ours on /chat: moving path by path.
import { createServer } from "node:http";
import process from "node:process";
import { WebSocketServer } from "ws";
import { mount } from "@fullduplex/websocket/node";

const server = createServer((_request, response) => response.end("a page\n"));
const old = new WebSocketServer({ noServer: true });
old.on("connection", (socket) => socket.on("message", (data) => socket.send(`old: ${data}`)));
server.on("upgrade", (request, socket, head) => {
  if (request.url !== "/old") return;
  old.handleUpgrade(request, socket, head, (socket) => old.emit("connection", socket, request));
});

const chat = mount({ match: "/chat" }, {
  open: (connection) => connection.send("hello"),
  message: (connection, message) => connection.send(message),
});
server.on("upgrade", chat.upgrade);
server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`listening http://127.0.0.1:${server.address().port}`);
});
