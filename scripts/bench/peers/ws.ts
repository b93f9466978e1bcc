/**
 * Echo server of npm's `ws`, which passes the Buffer on that it gets. With `--string` it makes text a
 * string first, as a handler that looks at its messages does. `--deflate` compresses, with the level
 * that is ours by default.
 *
 * @module
 */
import process from "node:process";
import { requireWs } from "./npm.ts";

const { WebSocketServer } = requireWs();
const wantsStrings = process.argv.includes("--string");
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: process.argv.includes("--deflate") &&
    { threshold: 0, zlibDeflateOptions: { level: 3 } },
});
server.on("connection", (socket) => {
  if (wantsStrings) {
    socket.on("message", (message, isBinary) => socket.send(isBinary ? message : `${message}`));
  } else {
    socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
  }
  socket.on("error", () => {});
});
server.on("listening", () => console.log(`listening ws://127.0.0.1:${server.address().port}`));
