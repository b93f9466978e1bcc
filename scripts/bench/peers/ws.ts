/**
 * Echo server of npm's `ws`, which passes the Buffer on that it gets. With `--string` it makes text
 * a string first, as a handler that looks at its messages does. `--deflate` compresses, with the
 * level that is ours by default; `--tls` is `wss:` on `node:https`.
 *
 * @module
 */
import process from "node:process";
import { requireWs } from "./npm.ts";

const { WebSocketServer } = requireWs();
const isTls = process.argv.includes("--tls");
const https = isTls
  ? (await import("node:https")).createServer((await import("./tls.ts")).CERTIFICATE)
  : null;
const wantsStrings = process.argv.includes("--string");
const server = new WebSocketServer({
  ...(https === null ? { host: "127.0.0.1", port: 0 } : { server: https }),
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
const scheme = isTls ? "wss" : "ws";
server.on(
  "listening",
  () => console.log(`listening ${scheme}://127.0.0.1:${server.address().port}`),
);
https?.listen(0, "127.0.0.1");
