// Koa: the same on what listen() returns.
import Koa from "koa";
import process from "node:process";
import { mount } from "@fullduplex/websocket/node";

const app = new Koa();
app.use((context) => {
  context.body = "a page\n";
});

const chat = mount({ match: "/chat" }, {
  open: (connection) => connection.send("hello"),
  message: (connection, message) => connection.send(message),
});
const server = app.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`listening http://127.0.0.1:${server.address().port}`);
});
server.on("upgrade", chat.upgrade);
