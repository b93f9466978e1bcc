/**
 * Counts echoes over plain and over resumable connections, in turn, and prints the best of each as
 * JSON: echoes a second, and microseconds of CPU time for one, of both processes together.
 *
 *     client.ts URL PID-OF-THE-SERVER
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { connect } from "../../../src/reconnecting/mod.ts";

const CONNECTIONS = 32, IN_FLIGHT = 32, MESSAGE_BYTES = 64;
const ROUNDS = 5, WARM_MS = 500, MEASURE_MS = 1_500;

const [url = "", server = ""] = process.argv.slice(2);
/** Microseconds of one tick of /proc, a hundredth of a second. */
const TICK_US = 10_000;
const message = new Uint8Array(MESSAGE_BYTES).fill(1);

/** CPU time of the server and of this process so far, in microseconds. */
function cpuTime(): number {
  const fields = readFileSync(`/proc/${server}/stat`, "latin1").split(") ").at(-1)!.split(" ");
  const { user, system } = process.cpuUsage();
  return (Number(fields[11]) + Number(fields[12])) * TICK_US + user + system;
}

interface Measured {
  /** Echoes a second. */
  readonly rate: number;
  /** Microseconds of CPU time for an echo. */
  readonly cost: number;
}

async function measure(resume: boolean): Promise<Measured> {
  let echoes = 0, isDone = false;
  const handler = {
    message: (connection: { send(message: Uint8Array): Promise<void> }) => {
      echoes++;
      if (!isDone) void connection.send(message);
    },
  };
  const opened = Array.from({ length: CONNECTIONS }, () => connect(url, { resume, handler }));
  const connections = await Promise.all(opened);
  for (const connection of connections) {
    for (let count = 0; count < IN_FLIGHT; count++) void connection.send(message);
  }
  await new Promise((resolve) => setTimeout(resolve, WARM_MS));
  const before = echoes, started = performance.now(), cpu = cpuTime();
  await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
  const count = echoes - before;
  const rate = count / (performance.now() - started) * 1_000, cost = (cpuTime() - cpu) / count;
  isDone = true;
  await Promise.all(connections.map((connection) => connection.close()));
  return { rate, cost };
}

const best = { plain: { rate: 0, cost: Infinity }, resumable: { rate: 0, cost: Infinity } };
for (let round = 0; round < ROUNDS; round++) {
  for (const kind of ["plain", "resumable"] as const) {
    const { rate, cost } = await measure(kind === "resumable");
    const { rate: bestRate, cost: bestCost } = best[kind];
    best[kind] = { rate: Math.max(bestRate, rate), cost: Math.min(bestCost, cost) };
  }
}
console.log(JSON.stringify(best));
process.exit(0);
