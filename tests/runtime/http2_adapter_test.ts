/**
 * The connection suite over HTTP/2 on each runtime, server and client. What the suite sends as
 * bytes of its own goes over HTTP/1.1 to the same port.
 *
 * @module
 */
import { connectionSuite } from "../contract/connection_suite.ts";
import { serveAt } from "../contract/connection/own_server.ts";

const fetch = (): Response => new Response("ordinary");

connectionSuite("h2c", serveAt("tcp", { http2: true }, { httpVersion: "2" }));
connectionSuite(
  "h2c on a unix path",
  serveAt("unix", { http2: true, fetch }, { httpVersion: "2" }),
  { fetch: true },
);
connectionSuite("h2", serveAt("tls", { http2: true, fetch }, { httpVersion: "2" }), {
  fetch: true,
});
// Deno 2.9.6 reads on in `node:tls` while it is paused, so that only HTTP/2 itself holds a peer
// back there.
connectionSuite("HTTP/1.1 beside h2", serveAt("tls", { http2: true }), {
  holdsBack: !("Deno" in globalThis),
});
