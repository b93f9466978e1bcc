/** Servers on `::1`: addresses, brackets, and the options that compare addresses. @module */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { connect, serve, type ServeOptions, type WebSocketServer } from "../../mod.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { RawClient } from "../helpers/raw_http.ts";
import { ca, cert, key } from "../helpers/tls/fixtures.ts";

const PLACES: readonly (readonly [string, ServeOptions])[] = [
  ["tcp", {}],
  ["http", { fetch: () => new Response("ordinary") }],
  ["tls", { tls: { cert, key } }],
];

/** A server that tells what it sees of its client. */
function start(options: ServeOptions): Promise<WebSocketServer> {
  return serve({ onRefuse: () => {}, ...options, hostname: "::1" }, {
    message(connection) {
      const { remoteAddress, request } = connection;
      const hostname = remoteAddress?.transport === "tcp" ? remoteAddress.hostname : null;
      return connection.send(JSON.stringify([hostname, request.headers.get("host")]));
    },
  });
}

async function ask(
  server: WebSocketServer,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const tls = { ca, serverName: "localhost" };
  const connection = await connect(server.url, { headers, tls });
  await connection.send("who am I?");
  const answer = JSON.parse(await connection.readText() ?? "");
  await connection.close();
  return answer;
}

for (const [place, options] of PLACES) {
  describe(`a server on ::1 (${place})`, () => {
    itEnds("has brackets in its URL, and sees ::1 and a Host in brackets", async () => {
      const server = await start(options);
      const { port } = server;
      assert.match(server.url, new RegExp(`^wss?://\\[::1\\]:${port}/$`));
      assert.deepEqual(server.address, { transport: "tcp", hostname: "::1", port });
      assert.deepEqual(await ask(server), ["::1", `[::1]:${port}`]);
      await server.close();
    });

    itEnds("compares the host with allowedHosts", async () => {
      const yes = await start({ ...options, allowedHosts: ["[::1]"] });
      assert.ok(await ask(yes));
      await yes.close();
      const no = await start({ ...options, allowedHosts: ["[::2]", "127.0.0.1"] });
      const { status } = await rejectsWith(ask(no), "ERR_HANDSHAKE_STATUS");
      assert.equal(status, 421);
      await no.close();
    });

    itEnds("believes a proxy of trustedProxies, and no other", async () => {
      const headers = { "X-Forwarded-For": "2001:db8::7" };
      const trusting = await start({ ...options, trustedProxies: ["::1"] });
      assert.deepEqual((await ask(trusting, headers) as unknown[])[0], "2001:db8::7");
      await trusting.close();
      const range = await start({ ...options, trustedProxies: ["::/64"] });
      assert.deepEqual((await ask(range, headers) as unknown[])[0], "2001:db8::7");
      await range.close();
      const other = await start({ ...options, trustedProxies: ["127.0.0.1", "fd00::/8"] });
      assert.deepEqual((await ask(other, headers) as unknown[])[0], "::1");
      await other.close();
    });

    itEnds("counts connections of one address", async () => {
      const server = await start({ ...options, maxConnectionsPerAddress: 1 });
      const tls = { ca, serverName: "localhost" };
      const first = await connect(server.url, { tls });
      const { status } = await rejectsWith(connect(server.url, { tls }), "ERR_HANDSHAKE_STATUS");
      assert.ok(status === 429 || status === 503, `${status}`);
      await first.close();
      await server.close();
    });
  });
}

describe("a server on ::1", () => {
  itEnds("takes an Origin of the same host, and refuses another one", async () => {
    const server = await start({});
    const head = (origin: string): string =>
      [
        "GET / HTTP/1.1",
        `Host: [::1]:${server.port}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        `Origin: http://${origin}`,
        "\r\n",
      ].join("\r\n");
    for (
      const [origin, status] of [
        [`[::1]:${server.port}`, "101"],
        [`[::2]:${server.port}`, "403"],
      ] as const
    ) {
      const raw = new RawClient(server.address);
      raw.socket.write(head(origin));
      assert.equal((await raw.until(/\r\n\r\n/)).slice(9, 12), status, origin);
      raw.socket.destroy();
    }
    await server.close({ timeoutMs: 0 });
  });

  itEnds("is found by a name that has only this address", async () => {
    const server = await start({});
    const connection = await connect(`ws://name.test:${server.port}/`, { lookup: () => ["::1"] });
    await connection.close();
    await server.close();
  });
});
