/** HAProxy in front of our servers: HTTP/2 to HTTP/2, and HTTP/2 to HTTP/1.1. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";
import { startHaproxy } from "../helpers/haproxy.ts";
import { ca } from "../helpers/tls/fixtures.ts";

describe("through HAProxy", () => {
  for (const proto of ["h2", "h1"] as const) {
    for (const httpVersion of ["2", "1.1"] as const) {
      const name =
        `a client of HTTP/${httpVersion} and a server behind ${proto} exchange messages and close codes`;
      it(name, { timeout: 180_000 }, async () => {
        const limits = { maxMessageBytes: 2 ** 24, maxBufferedBytes: 2 ** 26, compression: true };
        const versions = new Set<string | null>();
        const server = await serve({ http2: true, ...limits }, {
          message(connection, message) {
            versions.add(connection.httpVersion);
            if (message === "bye") return void connection.close(4321, "enough");
            return connection.send(message);
          },
        });
        const proxy = await startHaproxy({
          to: server.port,
          mode: "http",
          tls: "alpn h2,http/1.1",
          server: proto === "h2" ? "proto h2" : "",
        });
        const open = () =>
          connect(`wss://localhost:${proxy.port}/`, { tls: { ca }, httpVersion, ...limits });
        const connections = await Promise.all(Array.from({ length: 50 }, open));
        await Promise.all(connections.map(async (connection, index) => {
          assert.equal(connection.httpVersion, httpVersion);
          void connection.send(`text ${index}`);
          assert.equal(await connection.readText(), `text ${index}`);
        }));
        const large = new Uint8Array(8 * 1024 * 1024).fill(7);
        void connections[0]!.send(large, { compress: false });
        assert.equal((await connections[0]!.readBinary())?.length, large.length);
        for (const connection of connections) void connection.send("bye");
        for (const connection of connections) {
          const { code, reason, wasClean } = await connection.closed;
          assert.deepEqual([code, reason, wasClean], [4321, "enough", true]);
        }
        assert.deepEqual([...versions], [proto === "h2" ? "2" : "1.1"]);
        await server.close({ timeoutMs: 0 });
        await proxy[Symbol.asyncDispose]();
      });
    }
  }
});
