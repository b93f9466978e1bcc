/**
 * Closes a mount over streams that keep no process alive, while a handler is at work that never
 * ends. It says `closed` when the close has ended.
 *
 * @module
 */
import { connectDuplex, mount } from "../../src/runtime/web/mod.ts";

const mounted = mount({}, { message: () => new Promise(() => {}) });
const there = new TransformStream<Uint8Array, Uint8Array>();
const back = new TransformStream<Uint8Array, Uint8Array>();
mounted.accept({ readable: there.readable, writable: back.writable });
const connection = await connectDuplex(
  { readable: back.readable, writable: there.writable },
  "ws://in-memory/",
);
await connection.send("never answered");
await connection.ping();
const { forced } = await mounted.close({ timeoutMs: 200 });
console.log(`closed, ${forced} forced`);
