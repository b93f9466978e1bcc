// oak as `fetch` of our server: one file for Deno, Bun and Node.
import { Application, Router } from "@oakserver/oak";
import process from "node:process";
import { routes, serve } from "@fullduplex/websocket";

const pages = new Router().get("/", (context) => {
  context.response.body = "a page\n";
});
const app = new Application().use(pages.routes()).use(pages.allowedMethods());

const server = await serve(
  {
    port: Number(process.env.PORT ?? 8080),
    fetch: async (request) => await app.handle(request) ?? new Response("not here\n", { status: 404 }),
  },
  routes({
    "/chat": {
      open: (connection) => connection.send("hello"),
      message: (connection, message) => connection.send(message),
    },
  }),
);
console.log(`listening http://127.0.0.1:${server.port}`);
process.once("SIGTERM", () => server.close());
