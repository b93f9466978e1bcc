/**
 * The connection suite over each runtime's HTTP server, which shares its port with ordinary
 * requests.
 *
 * @module
 */
import { connectionSuite } from "../contract/connection_suite.ts";
import { serveAt } from "../contract/connection/own_server.ts";

const fetch = (): Response => new Response("ordinary");

connectionSuite("http", serveAt("tcp", { fetch }), { fetch: true });
connectionSuite("http on a unix path", serveAt("unix", { fetch }), { fetch: true });
connectionSuite("https", serveAt("tls", { fetch }), { fetch: true });
