/**
 * Several processes on one port: the system shares the connections out. All drain when the first
 * gets SIGTERM.
 *
 *     deno run -A --unstable-net main.ts [--port N]      bun main.ts      node main.ts
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
// In a project of your own: from "@fullduplex/websocket".
import { serve } from "../../mod.ts";

const { values: { port, worker } } = parseArgs({
  options: { port: { type: "string", default: "8768" }, worker: { type: "boolean" } },
});
if (worker) {
  const server = await serve({ port: Number(port), reusePort: true }, {
    message: (connection, message) => connection.send(`${process.pid}: ${message}`),
  });
  process.once("SIGTERM", () => void server.close({ timeoutMs: 3_000 }));
  console.log("ready");
  await server.closed;
  process.exit(0);
}

const runtimeFlags = "Deno" in globalThis ? ["run", "-A", "--unstable-net"] : process.execArgv;
const command = [...runtimeFlags, fileURLToPath(import.meta.url), "--worker", "--port", port];
const workers = Array.from(
  { length: 2 },
  () => spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] }),
);
await Promise.all(workers.map(({ stdout }) => once(stdout, "data")));
process.once("SIGTERM", () => workers.forEach(({ pid }) => pid && process.kill(pid, "SIGTERM")));
console.log(`listening on http://127.0.0.1:${port}/`);
await Promise.all(workers.map((each) => once(each, "exit")));
process.exit(0);
