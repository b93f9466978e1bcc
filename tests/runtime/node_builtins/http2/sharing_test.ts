/** Connections that share a session: places, siblings, and the choice of the version. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as http2 from "node:http2";
import { describe, it } from "node:test";
import { connect, serve, type ServeOptions, type WebSocketServer } from "../../../../mod.ts";
import { patience } from "../../../contract/connection/host.ts";
import { rejectsWith } from "../../../helpers/connections.ts";
import { portOf } from "../../../helpers/http2_runtime.ts";
import { ca, cert, key } from "../../../helpers/tls/fixtures.ts";
import { comesToRest } from "../../../helpers/waiting.ts";

/** Runs `use` with an echo server. */
async function withEcho(
  options: ServeOptions,
  use: (server: WebSocketServer) => Promise<void>,
): Promise<void> {
  const server = await serve(options, {
    message: (connection, message) => connection.send(message),
  });
  try {
    await use(server);
  } finally {
    await server.close({ timeoutMs: 0 });
  }
}

/** The ports that the connections of a server come from: one for each session. */
function portsOf(server: WebSocketServer): Set<number> {
  return new Set(
    [...server.connections].map(({ peerAddress }) =>
      peerAddress?.transport === "tcp" ? peerAddress.port : 0
    ),
  );
}

describe("connections over HTTP/2", () => {
  it(
    "share one session, and get another one beyond the server's maxStreams",
    patience,
    () =>
      withEcho({ http2: { maxStreams: 8 } }, async (server) => {
        const open = () => connect(server.url, { httpVersion: "2" });
        const first = await Promise.all(Array.from({ length: 8 }, open));
        assert.equal(portsOf(server).size, 1);
        const more = await Promise.all(Array.from({ length: 10 }, open));
        assert.equal(portsOf(server).size, 3);
        assert.ok(first.every(({ httpVersion }) => httpVersion === "2"));
        await Promise.all([...first, ...more].map((connection) => connection.close()));
      }),
  );

  it(
    "do not starve of the window of a sibling that is not read",
    patience,
    () =>
      withEcho({ http2: true }, async (server) => {
        const open = () => connect(server.url, { httpVersion: "2", maxBufferedBytes: Infinity });
        const unread = await Promise.all(Array.from({ length: 20 }, open));
        const last = await open();
        assert.equal(portsOf(server).size, 1);
        const chunk = new Uint8Array(256 * 1024);
        for (const connection of unread) for (let n = 0; n < 8; n++) void connection.send(chunk);
        await comesToRest(() => unread.reduce((sum, each) => sum + each.bufferedAmount, 0));
        for (let size = 1; size < 1_000_000; size *= 9) {
          void last.send(new Uint8Array(size));
          assert.equal((await last.readBinary())?.length, size);
        }
        for (const connection of unread) connection.abort();
        await last.close();
      }),
  );

  it(
    'with a server that has none of it fail with "2", and use HTTP/1.1 with "auto"',
    patience,
    () =>
      withEcho({ tls: { cert, key } }, async (server) => {
        const tls = { ca };
        const error = await rejectsWith(
          connect(server.url, { tls, httpVersion: "2" }),
          "ERR_HANDSHAKE",
        );
        assert.match(error.message, /does not speak HTTP\/2/);
        for (let times = 0; times < 2; times++) {
          const connection = await connect(server.url, { tls, httpVersion: "auto" });
          assert.equal(connection.httpVersion, "1.1");
          await connection.close();
        }
      }),
  );

  it(
    'use HTTP/2 with "auto" where TLS tells that the server has it, and never without TLS',
    patience,
    async () => {
      await withEcho({ tls: { cert, key }, http2: true }, async (server) => {
        const connection = await connect(server.url, { tls: { ca }, httpVersion: "auto" });
        assert.equal(connection.httpVersion, "2");
        await connection.close();
      });
      await withEcho({ http2: true }, async (server) => {
        const connection = await connect(server.url, { httpVersion: "auto" });
        assert.equal(connection.httpVersion, "1.1");
        await connection.close();
      });
    },
  );

  it(
    "fail when the server speaks HTTP/2 and does not allow WebSockets over it",
    patience,
    async () => {
      const server = http2.createServer();
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const url = `ws://127.0.0.1:${portOf(server)}`;
      const error = await rejectsWith(connect(url, { httpVersion: "2" }), "ERR_HANDSHAKE");
      assert.match(error.message, /SETTINGS_ENABLE_CONNECT_PROTOCOL/);
      server.close();
    },
  );

  it("fail with words of their own when the server answers with a page", patience, async () => {
    const server = http2.createServer({ settings: { enableConnectProtocol: true } });
    server.on("stream", (stream) => {
      stream.on("error", () => {});
      stream.respond({ ":status": 200, "content-type": "text/html" });
      stream.end("<h1>hello</h1>");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `ws://127.0.0.1:${portOf(server)}`;
    const error = await rejectsWith(connect(url, { httpVersion: "2" }), "ERR_HANDSHAKE");
    assert.match(error.message, /text\/html/);
    server.close();
  });

  it("carry compression, subprotocols and 8 MiB", patience, async () => {
    const limits = { compression: true, maxMessageBytes: 2 ** 24, maxBufferedBytes: 2 ** 25 };
    const server = await serve({ http2: true, ...limits }, {
      protocol: "echo",
      message: (connection, message) => connection.send(message),
    });
    const connection = await connect(server.url, {
      httpVersion: "2",
      protocols: "echo",
      ...limits,
    });
    assert.equal(connection.protocol, "echo");
    assert.match(connection.extensions, /^permessage-deflate/);
    const text = "h2 ".repeat(8 * 1024 * 1024 / 3);
    void connection.send(text);
    assert.ok(await connection.readText() === text);
    await connection.close();
    await server.close();
  });
});
