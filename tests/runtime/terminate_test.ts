/**
 * SIGTERM under load, in a process of its own: each message that a handler had begun is answered,
 * and the process ends by itself, with event streams and silent sockets open.
 *
 * @module
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { describe } from "node:test";
import { connect, type WebSocketConnection } from "../../mod.ts";
import { ROOT, startArguments } from "../../scripts/lib/runtimes.ts";
import { itEnds } from "../helpers/connections.ts";
import { findOwnRuntime } from "../helpers/example_process.ts";
import { RawClient } from "../helpers/raw_http.ts";
import { eventually } from "../helpers/waiting.ts";

const CLIENTS = 40;

/** Asks again and again, until the server says that it goes. */
async function load(connection: WebSocketConnection, answers: { count: number }): Promise<number> {
  try {
    for (;;) {
      await connection.send("question");
      if (await connection.read() === null) break;
      answers.count++;
    }
  } catch {
    // The Close has come between two questions.
  }
  return (await connection.closed).code;
}

/** Asks for ordinary answers in the same way; those that began come whole. */
async function loadHttp(port: number): Promise<number> {
  for (let whole = 0;; whole++) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      assert.equal(await response.text(), "ordinary");
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return whole; // refused, or a socket that was idle
    }
  }
}

for (const mode of ["tcp", "fetch"]) {
  describe(`a server (${mode}) at SIGTERM`, () => {
    itEnds("answers what its handlers have begun, and its process ends by itself", async () => {
      const { kind, path } = findOwnRuntime();
      const file = join(ROOT, "tests/helpers/terminable_server.ts");
      const child = spawn(path, [...startArguments(kind), file, mode], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => said += text);
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      try {
        await eventually("it listens", () => /listening \d+/.test(said));
        const port = Number(/listening (\d+)/.exec(said)?.[1]);
        const address = { transport: "tcp", hostname: "127.0.0.1", port } as const;
        const connections = await Promise.all(
          Array.from({ length: CLIENTS }, () => connect(`ws://127.0.0.1:${port}/`)),
        );
        const answers = { count: 0 };
        const loads = connections.map((connection) => load(connection, answers));
        const https = mode === "fetch" ? [loadHttp(port), loadHttp(port)] : [];
        const silent = new RawClient(address), half = new RawClient(address);
        half.socket.write("GET / HT");
        const stream = new RawClient(address);
        if (mode === "fetch") stream.socket.write("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
        await eventually("there is load", () => answers.count > 3 * CLIENTS);
        // `child.kill` of Deno reports the signal, whatever the process then ends with (2.9.6).
        process.kill(child.pid!, "SIGTERM");
        assert.equal(await ended, 0);
        const codes = new Set(await Promise.all(loads));
        await Promise.all([silent, half, stream].map((client) => client.closed()));
        await Promise.all(https);
        const counts = JSON.parse(/closed (.*)/.exec(said)?.[1] ?? "{}");
        assert.deepEqual([...codes], [1001]);
        assert.deepEqual([counts.forced, counts.errors], [0, 0]);
        assert.equal(counts.answered, counts.begun);
        assert.equal(answers.count, counts.answered);
      } finally {
        child.kill("SIGKILL");
      }
    });
  });
}
