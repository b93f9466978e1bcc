/** Our echo on `Deno.serve`: `deno.ts MAX_MESSAGE_BYTES`. @module */
import process from "node:process";
import { mount } from "../../../src/runtime/deno/mod.ts";

const { upgrade } = mount({ maxMessageBytes: Number(process.argv[2]) }, {
  message: (connection, message) => connection.send(message),
});
Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`listening ws://127.0.0.1:${port}`),
}, upgrade);
