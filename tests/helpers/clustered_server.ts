/**
 * A cluster of Node: two workers that serve on one port. The first line is `listening PORT`; each
 * worker answers a message with its process id, and closes at SIGTERM. A worker that has ended is
 * told: `ended PID`.
 *
 * @module
 */
import cluster from "node:cluster";
import process from "node:process";
import { serve } from "../../mod.ts";

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  let ready = 0;
  cluster.on("listening", (_worker, { port }) => {
    if (++ready === workers.length) console.log(`listening ${port}`);
  });
  cluster.on("exit", ({ process: { pid } }) => console.log(`ended ${pid}`));
  process.once("SIGTERM", () => {
    for (const { process } of workers) process.kill("SIGTERM");
  });
} else {
  const server = await serve({ port: 0 }, {
    message: (connection) => connection.send(`${process.pid}`),
  });
  process.once("SIGTERM", async () => {
    const { forced } = await server.close();
    console.log(`closed ${forced}`);
    cluster.worker?.disconnect();
  });
}
