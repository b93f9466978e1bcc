/** The example that serves HTTP/2. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect } from "../../mod.ts";
import { findOwnRuntime, startExample } from "../helpers/example_process.ts";
import { testMountExample } from "../helpers/mount_example.ts";

testMountExample("http2");

describe("http2, to a client of HTTP/2", () => {
  it("echoes on streams of one session", async () => {
    const server = await startExample(findOwnRuntime(), { file: "http2/main.ts" });
    const url = new URL("/echo", server.url);
    const both = await Promise.all([1, 2].map(() => connect(url, { httpVersion: "2" })));
    for (const connection of both) {
      await connection.send("over a stream");
      assert.equal(await connection.readText(), "over a stream");
      assert.equal(connection.httpVersion, "2");
      await connection.close();
    }
    await server.stop("SIGKILL");
  });
});
