/**
 * The server of `scripts/limits/main.ts`: an echo with the options of its first argument, as JSON.
 *
 * @module
 */
import process from "node:process";
import { serve } from "../../mod.ts";

const options = JSON.parse(process.argv[2] ?? "{}");
const server = await serve({ ...options, onRefuse() {} }, {
  message: (connection, message) => connection.send(message),
});
console.log(server.port);
process.on("SIGTERM", () => process.exit(0));
process.stdin.on("data", () => {
  const { user, system } = process.cpuUsage();
  const cpuMs = Math.round((user + system) / 1_000);
  const rssMiB = Math.round(process.memoryUsage().rss / 1024 / 1024);
  console.log(JSON.stringify({ cpuMs, rssMiB, connections: server.connections.size }));
});
