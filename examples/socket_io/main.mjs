// socket.io and WebSockets of ours on one server: each takes its own path.
import { createServer } from "node:http";
import process from "node:process";
import { Server } from "socket.io";
import { mount } from "@fullduplex/websocket/node";

const server = createServer((_request, response) => response.end("a page\n"));
const chat = mount({ match: "/chat" }, {
  open: (connection) => connection.send("hello"),
  message: (connection, message) => connection.send(message),
});
const isFirst = process.env.ORDER !== "last"; // both orders work
if (isFirst) server.on("upgrade", chat.upgrade);
const io = new Server(server, { destroyUpgrade: process.env.DESTROY_UPGRADE !== "false" });
io.on("connection", (socket) => socket.on("question", (text, answer) => answer(`re: ${text}`)));
if (!isFirst) server.on("upgrade", chat.upgrade);

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`listening http://127.0.0.1:${server.address().port}`);
});
