/** Our echo on a `node:http` server: `node.ts MAX_MESSAGE_BYTES`. @module */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { mount } from "../../../src/runtime/node/mod.ts";

const { upgrade } = mount({ maxMessageBytes: Number(process.argv[2]), compression: true }, {
  message: (connection, message) => connection.send(message),
});
const server = createServer((_request, response) => response.writeHead(426).end());
server.on("upgrade", upgrade);
server.listen(0, "127.0.0.1", () => {
  console.log(`listening ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
