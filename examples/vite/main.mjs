// A plugin for Vite's development server: hot reloading keeps its socket.
import process from "node:process";
import { createServer } from "vite";
import { mount } from "@fullduplex/websocket/node";

const chat = mount({ match: "/chat" }, {
  open: (connection) => connection.send("hello"),
  message: (connection, message) => connection.send(message),
});
const plugin = {
  name: "chat",
  configureServer(server) {
    server.httpServer?.on("upgrade", chat.upgrade);
  },
};

const server = await createServer({
  configFile: false,
  logLevel: "error",
  plugins: [plugin],
  server: { port: Number(process.env.PORT ?? 5173), host: "127.0.0.1" },
});
await server.listen();
console.log(`listening ${server.resolvedUrls.local[0].replace(/\/$/, "")}`);
