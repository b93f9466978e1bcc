/**
 * The server of `deno task test:drain`: its handler works on each message for a while and answers.
 * SIGTERM closes it, and what became of everything is one line of JSON.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { serve, type WebSocketHandler } from "../../mod.ts";
import { startMounted } from "./mounted.ts";

const { values: flags } = parseArgs({
  options: {
    spread: { type: "string", default: "0" },
    timeout: { type: "string" },
    mount: { type: "boolean", default: false },
  },
});
let begun = 0, answered = 0, failed = 0, goodbyes = 0;

const options = { maxPendingUpgrades: 20_000, onError: () => void failed++ };
const handler: WebSocketHandler = {
  async message(connection, message) {
    const work = 20 + begun++ % 100;
    await new Promise((resolve) => setTimeout(resolve, work));
    await connection.send(message);
    answered++;
  },
  drain: () => void goodbyes++,
};
const server = await (flags.mount ? startMounted(options, handler) : serve(options, handler));
console.log(server.port);

process.once("SIGTERM", async () => {
  const started = performance.now(), spreadMs = Number(flags.spread);
  const timeoutMs = Number(flags.timeout ?? spreadMs + 20_000);
  const report = await server.close({ code: 1012, spreadMs, timeoutMs });
  const ms = Math.round(performance.now() - started);
  console.log(JSON.stringify({ ...report, ms, begun, answered, failed, goodbyes }));
  process.exit(0);
});
