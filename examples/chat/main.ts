/**
 * Serves the chat and its page on one port, on whichever runtime runs it:
 *
 *     deno run -A main.ts [--port N]      bun main.ts      node main.ts
 *
 * With `--redis URL` or `--nats URL`, all processes that are given the same are one chat.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { serve, WebSocketError } from "../../mod.ts";
import { Topics } from "../../src/topics/mod.ts";
import { makeChat } from "./chat.ts";
import { openBackplane } from "./engine.ts";
import { readModules } from "./page_modules.ts";

const { values: flags } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== "--"), // `task demo -- --port 9000` passes it on
  options: {
    port: { type: "string", default: "8765" },
    redis: { type: "string" },
    nats: { type: "string" },
  },
});

const topics = new Topics(await openBackplane(flags));

const page = await readFile(new URL("index.html", import.meta.url), "utf8");
const modules = await readModules(
  new URL("page.js", import.meta.url),
  new URL("../../", import.meta.url),
);
const headers = {
  // Whatever gets into the page, it can load and run only what is of this server.
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; " +
    "img-src data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
};

function answer(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (pathname === "/") {
    return new Response(page, {
      headers: { ...headers, "content-type": "text/html; charset=utf-8" },
    });
  }
  const code = modules.get(pathname);
  if (code === undefined) return new Response("not found\n", { status: 404 });
  return new Response(code, { headers: { "content-type": "text/javascript; charset=utf-8" } });
}

const server = await serve({
  port: Number(flags.port),
  fetch: answer,
  maxMessageBytes: 16 * 1024, // a long line of chat, not the 1 MiB of the default
  maxConnections: 1_000,
}, makeChat(topics)).catch((error: unknown) => {
  if (!(error instanceof WebSocketError) && !(error instanceof RangeError)) throw error;
  console.error(`${error.message}. Another port: --port N`);
  process.exit(1);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => void server.close({ timeoutMs: 3_000 })); // 1001 to everyone
}
if (server.address.transport === "tcp") {
  const { hostname, port } = server.address;
  console.log(`The chat is at http://${hostname}:${port}/ (Ctrl-C ends it)`);
}
await server.closed;
await topics.close();
process.exit(0);
