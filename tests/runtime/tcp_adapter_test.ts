/**
 * The connection suite over each runtime's own TCP, unix and TLS sockets.
 *
 * @module
 */
import { connectionSuite } from "../contract/connection_suite.ts";
import { serveAt } from "../contract/connection/own_server.ts";

connectionSuite("tcp", serveAt("tcp"));
connectionSuite("unix", serveAt("unix"));
connectionSuite("tls", serveAt("tls"));
