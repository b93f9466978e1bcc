/**
 * Counts echoes over plain and over resumable connections, in turn, and prints the best of each as JSON.
 *
 *     client.ts URL
 *
 * @module
 */
import process from "node:process";
import { connect } from "../../../src/reconnecting/mod.ts";

const CONNECTIONS = 32, IN_FLIGHT = 32, MESSAGE_BYTES = 64;
const ROUNDS = 5, WARM_MS = 500, MEASURE_MS = 1_500;

const url = process.argv[2] ?? "";
const message = new Uint8Array(MESSAGE_BYTES).fill(1);

/** Echoes a second. */
async function measure(resume: boolean): Promise<number> {
  let echoes = 0, isOver = false;
  const handler = {
    message: (connection: { send(message: Uint8Array): Promise<void> }) => {
      echoes++;
      if (!isOver) void connection.send(message);
    },
  };
  const opened = Array.from({ length: CONNECTIONS }, () => connect(url, { resume, handler }));
  const connections = await Promise.all(opened);
  for (const connection of connections) {
    for (let count = 0; count < IN_FLIGHT; count++) void connection.send(message);
  }
  await new Promise((resolve) => setTimeout(resolve, WARM_MS));
  const before = echoes, started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
  const rate = (echoes - before) / (performance.now() - started) * 1_000;
  isOver = true;
  await Promise.all(connections.map((connection) => connection.close()));
  return rate;
}

const best = { plain: 0, resumable: 0 };
for (let round = 0; round < ROUNDS; round++) {
  best.plain = Math.max(best.plain, await measure(false));
  best.resumable = Math.max(best.resumable, await measure(true));
}
console.log(JSON.stringify(best));
process.exit(0);
