/**
 * Echo server of ours with nothing besides, as its users would write it: `--session` reads,
 * `--deflate` compresses, `--large` takes messages of up to 32 MiB, `--tls` is `wss:`,
 * `--http` has `fetch` besides.
 *
 * Without `node:process` on Deno, which keeps a megabyte of live objects that every collection
 * has to look at: the server of Deno's own does without it, too.
 *
 * @module
 */
import { serve, type WebSocketHandler } from "../../../mod.ts";

const words = "Deno" in globalThis ? Deno.args : (await import("node:process")).default.argv;

const message: WebSocketHandler = { message: (connection, message) => connection.send(message) };
const session: WebSocketHandler = {
  async session(connection) {
    for await (const message of connection) await connection.send(message);
  },
};
const isTls = words.includes("--tls");
const { address } = await serve({
  port: 0,
  tls: isTls ? (await import("./tls.ts")).CERTIFICATE : undefined,
  ...(words.includes("--http") && { fetch: () => new Response("hello\n") }),
  compression: words.includes("--deflate"),
  maxMessageBytes: words.includes("--large") ? 32 * 1024 * 1024 : undefined,
}, words.includes("--session") ? session : message);
const scheme = isTls ? "wss" : "ws";
if (address.transport === "tcp") console.log(`listening ${scheme}://127.0.0.1:${address.port}`);
