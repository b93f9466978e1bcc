/**
 * A worker thread that serves, and connects to a server of the thread that started it. It posts the
 * URL of its server, and at its end what it was told.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { connect, serve } from "../../mod.ts";

const { url } = workerData as { readonly url: string };
const server = await serve({ compression: true }, {
  message: (connection, message) => connection.send(message),
});
const client = await connect(url, { compression: true });
await client.send("from the worker ".repeat(50));
const answer = await client.readText();
parentPort?.postMessage({ url: server.url, answer });
parentPort?.once("message", async () => {
  const { drained, forced } = await server.close();
  const { code } = await client.close();
  parentPort?.postMessage({ drained, forced, code });
});
