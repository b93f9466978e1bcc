/**
 * A program whose listeners throw. It ends by itself when its socket is closed.
 *
 * @module
 */
import process from "node:process";
import { WebSocket } from "../../src/websocket/mod.ts";

const report = (error: unknown): void => console.log(`reported ${(error as Error).message}`);
if ("Deno" in globalThis) {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    report(event.error);
  });
} else process.on("uncaughtException", report);

const socket = new WebSocket(process.argv[2]!);
socket.onopen = () => {
  socket.send("hello");
  throw new Error("own error");
};
socket.onmessage = () => socket.close();
socket.onclose = ({ code }) => console.log(`closed ${code}`);
