/**
 * `connect` through Debian's proxies: squid (HTTP, with user and password), HAProxy before it
 * (HTTPS), and microsocks (SOCKS 5). `deno task test:network` installs them.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";
import { connect, serve, WebSocketError, type WebSocketServer } from "../../mod.ts";
import type { ConnectOptions } from "../../src/client/client.ts";
import { rejectsWith } from "../helpers/connections.ts";
import { type Daemon, findFreePort } from "../helpers/daemon.ts";
import {
  CREDENTIALS,
  startMicrosocks,
  startSecureHaproxy,
  startSquid,
} from "../helpers/proxies.ts";
import { ca, cert, key, otherNameCert } from "../helpers/tls/fixtures.ts";

const patience = { timeout: 180_000 } as const;

interface Servers {
  readonly plain: WebSocketServer;
  readonly secure: WebSocketServer;
  readonly squid: Daemon;
  readonly haproxy: Daemon;
  readonly microsocks: Daemon;
}

let servers: Servers;

function portOf({ address }: WebSocketServer): number {
  return "port" in address ? address.port : assert.fail("no port");
}

const echo = {
  message: (
    connection: { send(message: string | Uint8Array): Promise<void> },
    message: string | Uint8Array,
  ) => connection.send(message),
};

before(async () => {
  const squid = await startSquid();
  servers = {
    plain: await serve({}, echo),
    secure: await serve({ tls: { cert, key } }, echo),
    squid,
    haproxy: await startSecureHaproxy(squid.port),
    microsocks: await startMicrosocks(),
  };
});

after(async () => {
  const { plain, secure, squid, haproxy, microsocks } = servers;
  for (const server of [plain, secure]) await server.close({ timeoutMs: 0 });
  for (const daemon of [haproxy, squid, microsocks]) await daemon[Symbol.asyncDispose]();
});

/** The proxies' URLs. */
function urlsOf({ squid, haproxy, microsocks }: Servers): Readonly<Record<string, string>> {
  return {
    http: `http://${CREDENTIALS}@localhost:${squid.port}`,
    https: `https://${CREDENTIALS}@localhost:${haproxy.port}`,
    socks5: `socks5://${CREDENTIALS}@localhost:${microsocks.port}`,
    socks5h: `socks5h://${CREDENTIALS}@localhost:${microsocks.port}`,
  };
}

async function tryEcho(url: string, options: ConnectOptions): Promise<void> {
  const connection = await connect(url, { tls: { ca }, ...options });
  await connection.send("hello");
  assert.equal(await connection.readText({ timeoutMs: 40_000 }), "hello");
  const large = new Uint8Array(700_000).map((_, index) => index);
  await connection.send(large);
  assert.deepEqual(await connection.readBinary({ timeoutMs: 40_000 }), large);
  assert.equal((await connection.close()).wasClean, true);
}

describe("connect goes", () => {
  for (const scheme of ["http", "https", "socks5", "socks5h"] as const) {
    for (const target of ["ws", "wss"] as const) {
      it(`through ${scheme} to ${target}`, patience, async () => {
        const server = target === "ws" ? servers.plain : servers.secure;
        const proxy = urlsOf(servers)[scheme]!;
        await tryEcho(`${target}://localhost:${portOf(server)}/`, { proxy });
      });
    }
  }

  it("through the proxy of the environment, and past it for NO_PROXY", patience, async () => {
    const url = `ws://localhost:${portOf(servers.plain)}/`;
    const { squid } = servers;
    process.env["http_proxy"] = `http://${CREDENTIALS}@localhost:${squid.port}`;
    try {
      await tryEcho(url, { proxy: "env" });
      process.env["http_proxy"] = `http://localhost:${squid.port}`; // would be refused
      assert.equal((await rejectsWith(connect(url, { proxy: "env" }), "ERR_PROXY")).status, 407);
      process.env["no_proxy"] = "example.com, localhost";
      await tryEcho(url, { proxy: "env" });
      await tryEcho(url, {}); // nothing is read unless it is asked for
    } finally {
      delete process.env["http_proxy"];
      delete process.env["no_proxy"];
    }
  });
});

describe("connect fails", () => {
  const meet = async (options: ConnectOptions, url?: string): Promise<WebSocketError> => {
    const target = url ?? `ws://localhost:${portOf(servers.plain)}/`;
    try {
      await connect(target, { tls: { ca }, ...options });
    } catch (error) {
      assert.ok(error instanceof WebSocketError, inspect(error));
      assert.doesNotMatch(inspect(error, { depth: 9 }), /secret|c2VjcmV0/);
      return error;
    }
    return assert.fail("it connected");
  };

  it("connect fails with 407 for a wrong password, and without one", patience, async () => {
    const { squid } = servers;
    for (const user of ["", "user:secret@"]) {
      const { code, status, message } = await meet({
        proxy: `http://${user}localhost:${squid.port}`,
      });
      assert.deepEqual([code, status], ["ERR_PROXY", 407]);
      assert.match(
        message,
        new RegExp(`^proxy localhost:${squid.port}: answered 407 .*user and password$`),
      );
    }
  });

  it("for a wrong password of SOCKS, and without one", patience, async () => {
    const { microsocks } = servers;
    for (const user of ["", "user:secret@"]) {
      const { code, message } = await meet({
        proxy: `socks5h://${user}localhost:${microsocks.port}`,
      });
      assert.equal(code, "ERR_PROXY");
      assert.match(message, /user and password$/);
    }
  });

  it("where the proxy finds nobody", patience, async () => {
    const url = `ws://localhost:${await findFreePort()}/`;
    const { http, socks5h } = urlsOf(servers);
    const squid = await meet({ proxy: http! }, url);
    assert.deepEqual([squid.code, squid.status], ["ERR_PROXY", 503]);
    const socks = await meet({ proxy: socks5h! }, url);
    assert.match(socks.message, /was refused the connection|failed/);
  });

  it("where there is no proxy, naming it", patience, async () => {
    const port = await findFreePort();
    const { code, message } = await meet({ proxy: `http://user:secret@localhost:${port}` });
    assert.equal(code, "ERR_CONNECT");
    assert.match(
      message,
      new RegExp(`^cannot connect to proxy localhost:${port}: connection refused`),
    );
  });

  it(
    "where the server behind the proxy has a wrong certificate, naming the server",
    patience,
    async () => {
      const server = await serve({ tls: { cert: otherNameCert, key } }, echo);
      try {
        const url = `wss://localhost:${portOf(server)}/`;
        for (const scheme of ["http", "socks5h"] as const) {
          const { code, message } = await meet({ proxy: urlsOf(servers)[scheme]! }, url);
          assert.equal(code, "ERR_CERTIFICATE");
          assert.match(
            message,
            new RegExp(`^cannot connect to localhost:${portOf(server)}: .*other names`),
          );
        }
      } finally {
        await server.close({ timeoutMs: 0 });
      }
    },
  );

  it(
    "connect fails within handshakeTimeoutMs, where the proxy says nothing",
    patience,
    async () => {
      const { createServer } = await import("node:net");
      const silent = createServer((socket) => socket.on("error", () => {}));
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const address = silent.address();
      assert.ok(typeof address === "object" && address !== null);
      for (const scheme of ["http", "https", "socks5h"]) {
        const proxy = `${scheme}://localhost:${address.port}`;
        const { code } = await meet({ proxy, handshakeTimeoutMs: 200 });
        assert.equal(code, "ERR_HANDSHAKE_TIMEOUT");
      }
      silent.close();
    },
  );
});
