/**
 * A resumable server as a process of its own: sends each message back. Prints its port.
 *
 *     resumable_server.ts HOSTNAME PORT PING_MS
 *
 * @module
 */
import process from "node:process";
import { serve } from "../../mod.ts";
import { resumable } from "../../src/resume/mod.ts";

const [hostname = "127.0.0.1", port = "0", pingMs = "300"] = process.argv.slice(2);
const patience = { pingIntervalMs: Number(pingMs), pongTimeoutMs: Number(pingMs) };
const server = await serve(
  { hostname, port: Number(port), ...patience },
  resumable({ message: (connection, message) => connection.send(message) }, { onError() {} }),
);
console.log(`listening ${"port" in server.address ? server.address.port : 0}`);
