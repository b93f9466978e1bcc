/**
 * Our echo over Web Streams, here those of TCP connections: `duplex.ts MAX_MESSAGE_BYTES`.
 *
 * @module
 */
import { type AddressInfo, createServer } from "node:net";
import process from "node:process";
import { mount } from "../../../src/runtime/web/mod.ts";
import { toDuplex } from "../../helpers/socket_duplex.ts";

const { accept } = mount({ maxMessageBytes: Number(process.argv[2]) }, {
  message: (connection, message) => connection.send(message),
});
const server = createServer({ allowHalfOpen: true }, (socket) => accept(toDuplex(socket)));
server.listen(0, "127.0.0.1", () => {
  console.log(`listening ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
