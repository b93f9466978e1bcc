// Opens 50 streams for WebSockets, exchanges 100 KB on each, ends them and says GOAWAY:
// `leave_client.mjs PORT`.
import * as http2 from "node:http2";
import process from "node:process";

const BYTES = 100_000, STREAMS = 50;
const ANSWER_BYTES = BYTES + 10; // a head with a length of 64 bits
const message = new Uint8Array(BYTES + 14);
message.set([0x82, 0xff]); // binary, masked by zeros, with a length of 64 bits
new DataView(message.buffer).setUint32(6, BYTES);
const session = http2.connect(`http://127.0.0.1:${process.argv[2]}`);
await new Promise((resolve) => session.once("remoteSettings", resolve));
await Promise.all(Array.from({ length: STREAMS }, () => {
  const stream = session.request({
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":scheme": "http",
    ":authority": "test",
    ":path": "/",
    "sec-websocket-version": "13",
  }, { endStream: false });
  let received = 0;
  stream.on("data", ({ length }) => {
    received += length;
    if (received === ANSWER_BYTES) stream.end();
  });
  stream.write(message);
  return new Promise((resolve) => stream.once("close", resolve));
}));
session.close();
await new Promise((resolve) => session.once("close", resolve));
console.log("left");
