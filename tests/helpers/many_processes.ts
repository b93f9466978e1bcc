/**
 * Examples with several processes on one port.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect } from "../../mod.ts";
import { findFreePort } from "./daemon.ts";
import { findOwnRuntime, startExample } from "./example_process.ts";

/** Connects until two processes have answered, then ends the example by SIGTERM. */
export function testManyProcesses(file: string): void {
  describe(file, () => {
    it("serves by two processes, which drain on SIGTERM", { timeout: 90_000 }, async () => {
      const port = await findFreePort();
      const example = await startExample(findOwnRuntime(), { file, port });
      const processes = new Set<string | undefined>();
      let connection;
      for (let i = 0; i < 200 && processes.size < 2; i++) {
        connection = await connect(example.url);
        await connection.send("hi");
        processes.add((await connection.readText())?.split(":")[0]);
        if (processes.size < 2) await connection.close();
      }
      assert.equal(processes.size, 2);
      const code = example.stop("SIGTERM");
      assert.equal((await connection!.closed).code, 1001);
      assert.equal(await code, 0);
    });
  });
}
