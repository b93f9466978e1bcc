/**
 * A cookie, or a token in the URL, says who connects; who has neither is refused with 401.
 *
 *     deno run -A main.ts [--port N]      bun main.ts      node main.ts
 *
 * @module
 */
import { parseArgs } from "node:util";
// In a project of your own: from "@fullduplex/websocket".
import { serve } from "../../mod.ts";

const { values: flags } = parseArgs({ options: { port: { type: "string", default: "8767" } } });
const users = new Map([["secret-of-ada", "Ada"]]); // by session; yours are in a database

/**
 * A page's own cookie comes with every connection. Tokens are for programs, and soon in the logs of
 * proxies.
 */
function whoIs({ headers, url }: Request): string | undefined {
  const cookie = /(?:^|; *)session=([^;]+)/.exec(headers.get("cookie") ?? "")?.[1];
  return users.get(cookie ?? new URL(url).searchParams.get("token") ?? "");
}

const server = await serve({ port: Number(flags.port) }, (request) => {
  const user = whoIs(request);
  if (user === undefined) return new Response("who are you?\n", { status: 401 });
  return {
    open: (connection) => connection.send(`hello ${user}`),
    message: (connection, message) => connection.send(message),
  };
});
console.log(`listening on http://127.0.0.1:${server.port}/`);
