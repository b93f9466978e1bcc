/**
 * Floods of frames by Python's h2: they end their session or cost little, and others are served
 * meanwhile.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";
import { nameError } from "../../src/runtime/node_builtins/http2/error_codes.ts";
import { ownRuntimeName } from "../helpers/own_runtime_name.ts";
import { runProgram } from "./run_program.ts";

/**
 * Floods, and what becomes of one whose answers are read. SETTINGS and PING are answered by one
 * frame each, which costs little: runtimes end a session only when a thousand of their answers
 * wait, and that is a matter of timing then.
 */
const FLOODS: Readonly<Record<string, "ends its session" | "leaves others alone">> = {
  "SETTINGS": "leaves others alone",
  "PING": "leaves others alone",
  "empty DATA": "ends its session",
  "CONTINUATION": "ends its session",
  "HEADERS and RST_STREAM": "ends its session",
};
const SECONDS = 5;
/** Frames a second of those whose answers are read. */
const PACE = 20_000;
const MOST_GROWTH_MIB = 64;

interface Outcome {
  readonly end: "closed" | "held back" | "taken";
  readonly frames: number;
  readonly code: number | null;
}

/** Floods a server. Tells how it ended, and how a connection beside it fared. */
async function flood(name: string, pace: string): Promise<Outcome["end"]> {
  const server = await serve({ http2: true, onRefuse: () => {} }, {
    message: (connection, message) => connection.send(message),
  });
  const other = await connect(server.url, { httpVersion: "2" });
  const options = [String(server.port), name, pace, String(SECONDS)];
  const ended = runProgram({ interpreter: "python3", script: "floods.py", arguments: options });
  const rss = (): number => process.memoryUsage().rss / 1_048_576;
  const before = rss();
  let isDone = false, slowestMs = 0, most = before;
  void ended.then(() => isDone = true);
  while (!isDone) {
    const began = performance.now();
    void other.send("still here");
    assert.equal(await other.read({ timeoutMs: 40_000 }), "still here");
    slowestMs = Math.max(slowestMs, performance.now() - began);
    most = Math.max(most, rss());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const outcome: Outcome = JSON.parse(await ended);
  const code = outcome.code === null ? "" : ` with ${nameError(outcome.code)}`;
  console.log(
    `${ownRuntimeName()}: ${name}, ${pace}: ${outcome.end} after ${outcome.frames}${code}; slowest ` +
      `echo beside it ${Math.round(slowestMs)} ms; memory grew by ${Math.round(most - before)} MiB`,
  );
  await other.close();
  await server.close({ timeoutMs: 0 });
  assert.ok(most - before < MOST_GROWTH_MIB, `memory grew by ${most - before} MiB`);
  return outcome.end;
}

describe("a raw peer of HTTP/2", () => {
  for (const [name, paced] of Object.entries(FLOODS)) {
    it(`a flood of ${name} whose answers are not read ends its session`, {
      timeout: 180_000,
    }, async () => {
      assert.equal(await flood(name, "burst"), "closed");
    });

    it(`a flood of ${name}, ${PACE} a second, ${paced}`, { timeout: 180_000 }, async () => {
      const end = await flood(name, String(PACE));
      if (paced === "ends its session") assert.equal(end, "closed");
    });
  }
});
