/** Floods of frames by Python's h2: the server ends their session, or takes them, and serves others meanwhile. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";
import { ownRuntimeName } from "./own_runtime_name.ts";
import { runProgram } from "./run_program.ts";

/** Runs a flood. Resolves to what it prints. */
async function flood(port: number, name: string): Promise<string> {
  return await runProgram({
    interpreter: "python3",
    script: "floods.py",
    arguments: [String(port), name],
  });
}

/** Whether the runtime's own http2 (or we, for resets) ends the session; the others take it, as cheap as it is. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  "rapid reset": ["deno", "bun", "node"],
};

describe("a flood by a raw peer of HTTP/2", () => {
  for (const name of ["settings", "ping", "empty data", "continuation", "rapid reset"]) {
    it(`a flood by a raw peer of HTTP/2 of ${name} leaves other connections alone`, {
      timeout: 60_000,
    }, async () => {
      const server = await serve({ http2: true, onRefuse: () => {} }, {
        message: (connection, message) => connection.send(message),
      });
      const other = await connect(server.url, { httpVersion: "2" });
      const ended = flood(server.port, name);
      let isOver = false, slowestMs = 0;
      void ended.then(() => isOver = true);
      while (!isOver) {
        const began = performance.now();
        void other.send("still here");
        assert.equal(await other.read({ timeoutMs: 10_000 }), "still here");
        slowestMs = Math.max(slowestMs, performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const how = await ended;
      console.log(
        `${ownRuntimeName()}: ${name}: ${how}; slowest echo beside it ${Math.round(slowestMs)} ms`,
      );
      assert.match(how, /^(?:closed|held back|taken) after \d+$/);
      if (ENDS[name]?.includes(ownRuntimeName())) assert.match(how, /^closed/);
      await other.close();
      await server.close({ timeoutMs: 0 });
    });
  }
});
