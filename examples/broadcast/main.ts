/**
 * A ticker: whatever is posted to `/publish/NAME` goes to all who are connected to `/NAME`.
 *
 *     deno run -A main.ts [--port N]      bun main.ts      node main.ts
 *     curl -d "it works" http://127.0.0.1:8766/publish/news
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
// In a project of your own: from "@fullduplex/websocket".
import { matchPath, routes, serve } from "../../mod.ts";
import { topics } from "./topics.ts";

const { values: flags } = parseArgs({ options: { port: { type: "string", default: "8766" } } });

const server = await serve(
  {
    port: Number(flags.port),
    async fetch(request) {
      const name = matchPath("/publish/:name", request)?.name;
      if (name === undefined || request.method !== "POST") {
        return new Response("POST /publish/NAME\n", { status: 404 });
      }
      await topics.publish(name, await request.text()); // needs no connection
      return new Response(`sent to ${topics.count(name)}\n`);
    },
  },
  routes({
    "/:name": (request) => ({
      open: (connection) => topics.subscribe(connection, matchPath("/:name", request)!.name!),
    }),
  }),
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void server.close({ timeoutMs: 3_000 }));
}
if (server.address.transport === "tcp") {
  const { hostname, port } = server.address;
  console.log(`Post to http://${hostname}:${port}/publish/NAME (Ctrl-C ends it)`);
}
await server.closed;
process.exit(0);
