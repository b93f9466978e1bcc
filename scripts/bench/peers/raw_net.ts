/**
 * TCP echo on `node:net`: the upper limit for any server on it. `--tls` is over TLS, on `node:tls`.
 * Runs on Node and Deno.
 *
 * @module
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import process from "node:process";
import * as tls from "node:tls";

function echo(socket: Socket): void {
  socket.on("data", (chunk) => {
    if (!socket.write(chunk)) socket.pause();
  });
  socket.on("drain", () => socket.resume());
  socket.on("error", () => socket.destroy());
}

const isTls = process.argv.includes("--tls");
const server = isTls
  ? tls.createServer({ noDelay: true, ...(await import("./tls.ts")).CERTIFICATE }, echo)
  : createServer({ noDelay: true }, echo);
server.listen(0, "127.0.0.1", () => {
  console.log(
    `listening ${isTls ? "wss" : "ws"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
  );
});
