/** Echo server of npm's `ws`. `--deflate` compresses, with the level that is ours by default. @module */
import process from "node:process";
import { requireWs } from "./npm.ts";

const { WebSocketServer } = requireWs();
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: process.argv.includes("--deflate") &&
    { threshold: 0, zlibDeflateOptions: { level: 3 } },
});
server.on("connection", (socket) => {
  socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
  socket.on("error", () => {});
});
server.on("listening", () => console.log(`listening ws://127.0.0.1:${server.address().port}`));
