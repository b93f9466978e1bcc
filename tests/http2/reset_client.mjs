// Opens 50 streams for WebSockets, again and again, and resets each while its answer of 100 KB is
// under way: `reset_client.mjs PORT`.
import * as http2 from "node:http2";
import process from "node:process";

const BYTES = 100_000, STREAMS = 50, TIMES = 10, CANCEL = 8;
const message = new Uint8Array(BYTES + 14);
message.set([0x82, 0xff]); // binary, masked by zeros, with a length of 64 bits
new DataView(message.buffer).setUint32(6, BYTES);

/** Resolves when the stream has closed, which it does after a part of its answer. */
function openAndReset(session, index) {
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
    if (received > BYTES * (index % 10) / 10) stream.close(CANCEL);
  });
  stream.on("error", () => {});
  stream.write(message);
  return new Promise((resolve) => stream.once("close", resolve));
}

for (let times = 0; times < TIMES; times++) {
  const session = http2.connect(`http://127.0.0.1:${process.argv[2]}`);
  await new Promise((resolve) => session.once("remoteSettings", resolve));
  await Promise.all(Array.from({ length: STREAMS }, (_, index) => openAndReset(session, index)));
  if (session.destroyed) throw new Error("the session is lost");
  session.close();
  await new Promise((resolve) => session.once("close", resolve));
}
console.log("reset");
