/** TCP echo on `Bun.listen`: the upper limit for any server on it. `--tls` is over TLS. @module */
import process from "node:process";
import { bun, type BunSocket } from "./bun.ts";

function write(socket: BunSocket, chunk: Uint8Array): void {
  const { rest } = socket.data;
  if (rest.length > 0) return void rest.push(chunk.slice());
  const length = socket.write(chunk);
  if (length >= 0 && length < chunk.length) rest.push(chunk.slice(length));
}

const isTls = process.argv.includes("--tls");
const { port } = bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  tls: isTls ? (await import("./tls.ts")).CERTIFICATE : undefined,
  data: { rest: [] },
  socket: {
    open: (socket) => void (socket.data = { rest: [] }),
    data: write,
    drain(socket) {
      const rest = socket.data.rest.splice(0);
      for (const chunk of rest) write(socket, chunk);
    },
  },
});
console.log(`listening ${isTls ? "wss" : "ws"}://127.0.0.1:${port}`);
