/** undici's WebSocket with `allowH2`, against our server. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serve } from "../../mod.ts";
import { cert, key } from "../helpers/tls/fixtures.ts";
import { runProgram } from "./run_program.ts";

describe("undici's WebSocket over HTTP/2", () => {
  it("exchanges text, 1 MiB and close codes on 50 connections of one session", {
    timeout: 180_000,
  }, async () => {
    const versions = new Set<string | null>(), ports = new Set<unknown>();
    const server = await serve({ tls: { cert, key }, http2: true, compression: true }, {
      open({ httpVersion, peerAddress }) {
        versions.add(httpVersion);
        ports.add(peerAddress?.transport === "tcp" ? peerAddress.port : null);
      },
      message(connection, message) {
        if (message === "close") return void connection.close(4002, "the server's");
        return connection.send(message);
      },
    });
    const seen = await runProgram({ script: "undici_client.mjs", arguments: [server.url, "50"] });
    const same = { text: true, binary: true, extension: "permessage-deflate", wasClean: true };
    assert.deepEqual(JSON.parse(seen), [
      { ...same, code: 4001, reason: "the client's" },
      { ...same, code: 4002, reason: "the server's" },
    ]);
    assert.deepEqual([[...versions], ports.size], [["2"], 1]);
    await server.close();
  });
});
