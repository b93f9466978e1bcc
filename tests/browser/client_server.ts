/** Serves the page of `client_test.ts`, and what its connections need, on any runtime. @module */
import process from "node:process";
import { routes, serve } from "../../mod.ts";
import { readModules } from "../../examples/chat/page_modules.ts";

const PAGE = '<!doctype html><script type="module" ' +
  'src="tests/browser/client_page.js"></script>';
const modules = await readModules(
  new URL("client_page.js", import.meta.url),
  new URL("../../", import.meta.url),
);

function answer(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (pathname === "/") return new Response(PAGE, { headers: { "content-type": "text/html" } });
  const code = modules.get(pathname);
  if (code === undefined) return new Response("not found\n", { status: 404 });
  return new Response(code, { headers: { "content-type": "text/javascript; charset=utf-8" } });
}

const MAX_MESSAGE_BYTES = 9 * 1024 * 1024;
const server = await serve(
  {
    fetch: answer,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    compression: true,
    trustedProxies: ["127.0.0.1"], // nginx, which tells of the page's own address
  },
  routes({
    "/echo": { message: (connection, message) => connection.send(message) },
    "/chosen": { protocol: "b", message: (connection) => connection.send(connection.protocol) },
    "/throws": {
      message() {
        throw new Error("for the test");
      },
    },
    "/ends/:code": ({ url }) => ({
      open: (connection) => connection.close(Number(/\d+$/.exec(url)?.[0]), "the server's"),
      message() {},
    }),
  }),
);
console.log(`listening ws://127.0.0.1:${server.port}`);
process.once("SIGTERM", () => void server.close({ timeoutMs: 40_000 }));
await server.closed;
process.exit(0);
