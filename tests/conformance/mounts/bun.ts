/** Our echo on `Bun.serve`: `bun.ts MAX_MESSAGE_BYTES`. @module */
import process from "node:process";
import { type BunMount, mount } from "../../../src/runtime/bun/mod.ts";

declare const Bun: {
  serve(options: {
    port: number;
    hostname: string;
    fetch: BunMount["upgrade"];
    websocket: BunMount["websocket"];
  }): { readonly port: number };
};

const { upgrade, websocket } = mount({
  maxMessageBytes: Number(process.argv[2]),
  compression: true,
}, {
  message: (connection, message) => connection.send(message),
});
const { port } = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: upgrade, websocket });
console.log(`listening ws://127.0.0.1:${port}`);
