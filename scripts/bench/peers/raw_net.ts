/** TCP echo on `node:net`: the upper limit for any server on it. Runs on Node and Deno. @module */
import { type AddressInfo, createServer } from "node:net";

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("data", (chunk) => {
    if (!socket.write(chunk)) socket.pause();
  });
  socket.on("drain", () => socket.resume());
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => {
  console.log(`listening ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
