/**
 * An echo server on the public API, for tests, benchmarks and other people's clients.
 * Runs unchanged by `deno run -A`, `bun` and `node` (22.18 or later).
 *
 *     echo.ts [--port N] [--adapter tcp|http|h2] [--style message|session|streams]
 *             [--max-message BYTES] [--delay MS] [--tls CERT KEY]
 *             [--deflate]
 *
 * Its first line is `listening ws://127.0.0.1:PORT`, once it accepts connections. On
 * SIGTERM it drains and exits with 0.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import {
  type Message,
  serve,
  type ServeOptions,
  type WebSocketConnection,
  type WebSocketHandler,
} from "../mod.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true, // the second file of --tls
  options: {
    port: { type: "string", default: "0" },
    adapter: { type: "string", default: "tcp" },
    style: { type: "string", default: "message" },
    "max-message": { type: "string" },
    delay: { type: "string", default: "0" },
    tls: { type: "string" },
    deflate: { type: "boolean", default: false },
  },
});

const delayMs = Number(flags.delay);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function echoLate(connection: WebSocketConnection, message: Message): Promise<void> {
  await sleep(delayMs);
  await connection.send(message);
}

const styles: Record<string, WebSocketHandler> = {
  message: {
    message: delayMs > 0 ? echoLate : (connection, message) => connection.send(message),
  },
  session: {
    async session(connection) {
      for await (const message of connection) {
        if (delayMs > 0) await sleep(delayMs);
        await connection.send(message);
      }
    },
  },
  streams: {
    async session(connection) {
      for (;;) {
        const message = await connection.readStream();
        if (message === null) return;
        if (delayMs > 0) await sleep(delayMs);
        await connection.send(message.readable);
      }
    },
  },
};

function fail(why: string): never {
  console.error(`echo: ${why}`);
  process.exit(2);
}

const handler = styles[flags.style] ?? fail(`--style ${flags.style}: message, session or streams`);
const options: ServeOptions = { port: Number(flags.port), compression: flags.deflate };
if (flags["max-message"] !== undefined) options.maxMessageBytes = Number(flags["max-message"]);
if (flags.adapter === "http") options.fetch = () => new Response("an echo server for WebSockets\n");
else if (flags.adapter === "h2") options.http2 = true;
else if (flags.adapter !== "tcp") fail(`--adapter ${flags.adapter}: tcp, http or h2`);
if (flags.tls !== undefined) {
  const [key = fail("--tls CERT KEY: two files")] = positionals;
  options.tls = { cert: readFileSync(flags.tls, "utf8"), key: readFileSync(key, "utf8") };
}

const server = await serve(options, handler);
if (server.address.transport !== "tcp") fail("not on TCP");
console.log(`listening ${flags.tls ? "wss" : "ws"}://127.0.0.1:${server.address.port}`);

process.on("SIGTERM", async () => {
  await server.close({ timeoutMs: 5_000 });
  process.exit(0);
});
