/**
 * What every example that mounts on somebody else's server must do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, WebSocketError } from "../../mod.ts";
import { type ExampleProcess, findOwnRuntime, startExample } from "./example_process.ts";

/** Declares the tests for `examples/FOLDER/main.ts`. */
export function testMountExample(folder: string): void {
  describe(folder, () => {
    let server: ExampleProcess;

    before(async () => {
      server = await startExample(findOwnRuntime(), { file: `${folder}/main.ts` });
    });

    after(() => server.stop("SIGKILL"));

    it("answers ordinary requests", async () => {
      const response = await fetch(server.url);
      assert.equal(await response.text(), "an ordinary answer\n");
    });

    it("echoes beside them", async () => {
      const connection = await connect(new URL("/echo", server.url));
      await connection.send("one");
      await connection.send(new Uint8Array([2]));
      assert.equal(await connection.readText(), "one");
      assert.deepEqual(await connection.readBinary(), new Uint8Array([2]));
      await connection.close();
    });

    it("refuses other paths", async () => {
      const isRefused = (error: unknown) => error instanceof WebSocketError && error.status === 404;
      await assert.rejects(connect(new URL("/other", server.url)), isRefused);
    });

    it("says 1001 when it is stopped, and exits", async () => {
      const connection = await connect(new URL("/echo", server.url));
      const exit = server.stop("SIGTERM");
      assert.equal((await connection.closed).code, 1001);
      assert.equal(await exit, 0);
    });
  });
}
