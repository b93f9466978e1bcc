// h3 as `fetch` of our server: one file for Deno, Bun and Node.
import { H3 } from "h3";
import process from "node:process";
import { routes, serve } from "@fullduplex/websocket";

const app = new H3().get("/", () => "a page\n");

const server = await serve(
  { port: Number(process.env.PORT ?? 8080), fetch: app.fetch },
  routes({
    "/chat": {
      open: (connection) => connection.send("hello"),
      message: (connection, message) => connection.send(message),
    },
  }),
);
console.log(`listening http://127.0.0.1:${server.port}`);
process.once("SIGTERM", () => server.close());
