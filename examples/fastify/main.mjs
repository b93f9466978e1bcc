// Fastify: its server's upgrade event, and a drain before it closes.
import Fastify from "fastify";
import process from "node:process";
import { mount } from "@fullduplex/websocket/node";

const app = Fastify();
app.get("/", () => "a page\n");

const chat = mount({ match: "/chat" }, {
  open: (connection) => connection.send("hello"),
  message: (connection, message) => connection.send(message),
});
app.server.on("upgrade", chat.upgrade);
app.addHook("preClose", () => chat.close());

const address = await app.listen({ port: Number(process.env.PORT ?? 8080), host: "127.0.0.1" });
console.log(`listening ${address}`);
process.once("SIGTERM", () => app.close());
