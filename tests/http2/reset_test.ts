/** A client that resets streams while their messages are under way. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";
import { runProgram } from "./run_program.ts";

describe("a client of HTTP/2 that resets its streams", () => {
  // Deno 2.9.6 by itself ends the process here, within the first rounds.
  it("leaves the server alive", { timeout: 180_000 }, async () => {
    const server = await serve({ http2: true }, {
      message: (connection, message) => connection.send(message),
    });
    const program = { script: "reset_client.mjs", arguments: [String(server.port)] };
    assert.equal(await runProgram(program), "reset");
    const connection = await connect(server.url, { httpVersion: "2" });
    void connection.send("still here");
    assert.equal(await connection.readText(), "still here");
    await connection.close();
    await server.close();
  });
});
