/** Echo server on our `./ws`, as `ws.ts` is on npm's `ws`. @module */
import { WebSocketServer } from "../../../src/ws/mod.ts";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("connection", (socket) => {
  socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
  socket.on("error", () => {});
});
server.on("listening", () => {
  const address = server.address();
  if (typeof address === "object") console.log(`listening ws://127.0.0.1:${address?.port}`);
});
