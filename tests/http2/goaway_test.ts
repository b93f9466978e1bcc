/** A client that ends its streams and says GOAWAY, as one whose page was closed. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";
import { runProgram } from "./run_program.ts";

describe("a client of HTTP/2 that says GOAWAY", () => {
  // Deno 2.9.6 by itself ends the process here: https://github.com/denoland/deno/issues/36788
  it("leaves the server alive, again and again", { timeout: 180_000 }, async () => {
    const server = await serve({ http2: true }, {
      message: (connection, message) => connection.send(message),
    });
    for (let times = 0; times < 3; times++) {
      const program = { script: "leave_client.mjs", arguments: [String(server.port)] };
      assert.equal(await runProgram(program), "left");
    }
    const connection = await connect(server.url, { httpVersion: "2" });
    void connection.send("still here");
    assert.equal(await connection.readText(), "still here");
    await connection.close();
    await server.close();
  });
});
