// undici's WebSocket with `allowH2`: `undici_client.mjs URL CONNECTIONS` prints as JSON what it
// saw.
import { readFileSync } from "node:fs";
import process from "node:process";

const { Agent, WebSocket } = await import(process.env.UNDICI_PATH);
const [url, count] = process.argv.slice(2);
const ca = readFileSync(new URL("../helpers/tls/ca.pem", import.meta.url));
const dispatcher = new Agent({ allowH2: true, connect: { ca } });
const next = (socket, event) =>
  new Promise((resolve, reject) => {
    socket.addEventListener(event, resolve, { once: true });
    socket.addEventListener("error", ({ error }) => reject(error), { once: true });
  });
const sockets = Array.from({ length: Number(count) }, () => new WebSocket(url, { dispatcher }));
await Promise.all(sockets.map((socket) => next(socket, "open")));
const seen = await Promise.all(sockets.map(async (socket, index) => {
  socket.binaryType = "arraybuffer";
  socket.send(`text ${index}`);
  const text = (await next(socket, "message")).data === `text ${index}`;
  socket.send(new Uint8Array(1024 * 1024).fill(index));
  const { data } = await next(socket, "message");
  const binary = data.byteLength === 1024 * 1024 &&
    new Uint8Array(data).every((byte) => byte === index);
  if (index % 2 === 0) socket.close(4001, "the client's");
  else socket.send("close");
  const { code, reason, wasClean } = await next(socket, "close");
  const extension = socket.extensions.split(";")[0];
  return JSON.stringify({ text, binary, extension, code, reason, wasClean });
}));
console.log(JSON.stringify([...new Set(seen)].map((each) => JSON.parse(each))));
await dispatcher.close();
