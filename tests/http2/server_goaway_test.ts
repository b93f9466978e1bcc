/** A server that says GOAWAY to a client of ours. @module */
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";

describe("a server of HTTP/2 that says GOAWAY", () => {
  // Deno 2.9.6 by itself ends the process here, too, in about half of the tries.
  it("leaves the client alive, again and again", { timeout: 180_000 }, async () => {
    for (let times = 0; times < 10; times++) {
      const server = await serve({ http2: true }, {
        message: (connection, message) => connection.send(message),
      });
      const connections = await Promise.all(
        Array.from({ length: 50 }, () => connect(server.url, { httpVersion: "2" })),
      );
      await Promise.all(connections.map(async (connection) => {
        void connection.send(new Uint8Array(100_000));
        await connection.read();
      }));
      await Promise.all(connections.map((connection) => connection.close()));
      await server.close({ timeoutMs: 0 });
    }
  });
});
