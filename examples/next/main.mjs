// A custom server of Next.js: its own socket for hot reloading, and WebSockets of ours beside it.
import next from "next";
import { createServer } from "node:http";
import process from "node:process";
import { mount } from "@fullduplex/websocket/node";

const dev = process.env.NODE_ENV !== "production";
const app = next({ dev, dir: import.meta.dirname, hostname: "127.0.0.1", port: 8080 });
await app.prepare();
const answer = app.getRequestHandler(); // Next listens to upgrade events itself

const chat = mount({ match: "/chat" }, {
  open: (connection) => connection.send("hello"),
  message: (connection, message) => connection.send(message),
});
const server = createServer((request, response) => answer(request, response));
server.on("upgrade", chat.upgrade);
server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`listening http://127.0.0.1:${server.address().port}`);
});
