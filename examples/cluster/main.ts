/**
 * `node:cluster`: the first process hands connections to the others, and starts a new one for each
 * that dies.
 *
 *     node main.ts [--port N]
 *
 * @module
 */
import cluster from "node:cluster";
import process from "node:process";
import { parseArgs } from "node:util";
// In a project of your own: from "@fullduplex/websocket".
import { serve } from "../../mod.ts";

const { values: { port } } = parseArgs({
  options: { port: { type: "string", default: "8769" } },
});
if (cluster.isPrimary) {
  for (let i = 0; i < 2; i++) cluster.fork();
  const startNext = () => void cluster.fork();
  cluster.on("exit", startNext);
  cluster.once("listening", (_worker, address) => {
    console.log(`listening on http://127.0.0.1:${address.port}/`);
  });
  process.once("SIGTERM", () => {
    cluster.off("exit", startNext);
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGTERM");
  });
} else {
  const server = await serve({ port: Number(port) }, {
    message: (connection, message) => connection.send(`${process.pid}: ${message}`),
  });
  process.once("SIGTERM", () => void server.close({ timeoutMs: 3_000 }));
  await server.closed;
  process.exit(0);
}
