/** HAProxy in front of our servers: HTTP/2 to HTTP/2, and HTTP/2 to HTTP/1.1. @module */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { connect, serve } from "../../mod.ts";
import { type Daemon, startDaemon } from "../helpers/daemon.ts";
import { ca } from "../helpers/tls/fixtures.ts";

const readTls = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../helpers/tls/${name}`, import.meta.url)), "utf8");

/** HAProxy with TLS and HTTP/2 for clients; to the server it speaks `proto`. */
function startHaproxy(to: number, proto: "h1" | "h2"): Promise<Daemon> {
  return startDaemon({
    file: "haproxy",
    arguments: (_port, folder) => ["-db", "-f", `${folder}/haproxy.cfg`],
    files: (port, folder) => ({
      "server.pem": readTls("cert.pem") + readTls("key.pem"),
      "haproxy.cfg": [
        "defaults",
        "  mode http",
        "  timeout connect 5s",
        "  timeout client 60s",
        "  timeout server 60s",
        "  timeout tunnel 60s",
        "listen web",
        `  bind 127.0.0.1:${port} ssl crt ${folder}/server.pem alpn h2,http/1.1`,
        `  server app 127.0.0.1:${to} ${proto === "h2" ? "proto h2" : ""}`,
        "",
      ].join("\n"),
    }),
  });
}

describe("through HAProxy", () => {
  for (const proto of ["h2", "h1"] as const) {
    for (const httpVersion of ["2", "1.1"] as const) {
      const name =
        `a client of HTTP/${httpVersion} and a server behind ${proto} exchange messages and close codes`;
      it(name, { timeout: 60_000 }, async () => {
        const limits = { maxMessageBytes: 2 ** 24, maxBufferedBytes: 2 ** 26, compression: true };
        const versions = new Set<string | null>();
        const server = await serve({ http2: true, ...limits }, {
          message(connection, message) {
            versions.add(connection.httpVersion);
            if (message === "bye") return void connection.close(4321, "enough");
            return connection.send(message);
          },
        });
        const proxy = await startHaproxy(server.port, proto);
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
