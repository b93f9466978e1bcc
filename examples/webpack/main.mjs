// webpack-dev-server: its own socket for reloading, and WebSockets of ours beside it.
import process from "node:process";
import webpack from "webpack";
import WebpackDevServer from "webpack-dev-server";
import { mount } from "@fullduplex/websocket/node";

const chat = mount({ match: "/chat" }, {
  open: (connection) => connection.send("hello"),
  message: (connection, message) => connection.send(message),
});
const entry = "data:text/javascript,console.log('a page')";
const compiler = webpack({ mode: "development", entry, infrastructureLogging: { level: "error" } });
const server = new WebpackDevServer({
  port: Number(process.env.PORT ?? 8080),
  host: "127.0.0.1",
  setupMiddlewares(middlewares, { app }) {
    app.get("/", (_request, response) => response.end("a page\n"));
    return middlewares;
  },
}, compiler);
await server.start();
server.server.on("upgrade", chat.upgrade);
console.log(`listening http://127.0.0.1:${server.server.address().port}`);
