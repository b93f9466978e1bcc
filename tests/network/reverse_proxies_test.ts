/**
 * Servers behind Debian's reverse proxies, as a program and as a browser would use them.
 * `deno task test:proxies` installs them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  connect,
  serve,
  type ServeOptions,
  WebSocketError,
  type WebSocketServer,
} from "../../mod.ts";
import type { Daemon } from "../helpers/daemon.ts";
import {
  startApache,
  startCaddy,
  startHaproxyBefore,
  startNginx,
} from "../helpers/reverse_proxies.ts";
import { ca } from "../helpers/tls/fixtures.ts";

const patience = { timeout: 180_000 } as const;

interface Setup {
  readonly start: (to: number) => Promise<Daemon>;
  readonly server?: ServeOptions;
  readonly path?: string;
  readonly isSecure?: boolean;
}

const SETUPS: Readonly<Record<string, Setup>> = {
  nginx: { start: startNginx, path: "/app/" },
  "nginx with TLS and a path of its own": {
    start: (to) => startNginx(to, { isSecure: true }),
    path: "/app/",
    isSecure: true,
  },
  "nginx that tells the host by X-Forwarded-Host": {
    start: (to) => startNginx(to, { forwardsHost: false }),
    path: "/app/",
  },
  HAProxy: { start: (to) => startHaproxyBefore(to, "http") },
  "HAProxy with PROXY v2": {
    start: (to) => startHaproxyBefore(to, "proxy v2"),
    server: { proxyProtocol: true, trustedProxies: [] },
  },
  Caddy: { start: startCaddy },
  Apache: { start: startApache },
};

for (
  const [name, { start, server: options, path = "/", isSecure = false }] of Object.entries(SETUPS)
) {
  describe(`behind ${name}`, patience, () => {
    let server: WebSocketServer, proxy: Daemon, url: string, origin: string;

    before(async () => {
      server = await serve(
        { trustedProxies: ["127.0.0.1"], compression: true, ...options },
        (request) => ({
          async session(connection) {
            const { remoteAddress, peerAddress } = connection;
            await connection.send(JSON.stringify({ url: request.url, remoteAddress, peerAddress }));
            for await (const message of connection) await connection.send(message);
          },
        }),
      );
      proxy = await start(server.port);
      const host = `${isSecure ? "localhost" : "127.0.0.1"}:${proxy.port}`;
      url = `${isSecure ? "wss" : "ws"}://${host}${path}`;
      origin = `${isSecure ? "https" : "http"}://${host}`;
    });

    after(async () => {
      await server?.close({ timeoutMs: 0 });
      await proxy?.[Symbol.asyncDispose]();
    });

    it("a program exchanges text, 3 MiB of binary, a ping and a close code", patience, async () => {
      const limits = { maxMessageBytes: 4 * 1024 * 1024 };
      const connection = await connect(url, { ...isSecure ? { tls: { ca } } : {}, ...limits });
      const told = JSON.parse(await connection.readText() ?? "");
      assert.equal(new URL(told.url).protocol, isSecure ? "https:" : "http:");
      assert.equal(told.remoteAddress.hostname, "127.0.0.1");
      assert.equal(told.peerAddress.hostname, "127.0.0.1");
      await connection.send("hello");
      assert.equal(await connection.readText(), "hello");
      const large = new Uint8Array(1_000_000).map((_, index) => index * 7);
      for (let i = 0; i < 3; i++) {
        await connection.send(large);
        assert.deepEqual(await connection.readBinary(), large);
      }
      assert.ok(await connection.ping() > 0);
      const { code, wasClean } = await connection.close(4001, "enough");
      assert.deepEqual([code, wasClean], [4001, true]);
    });

    it("compression is agreed on through it", patience, async () => {
      const connection = await connect(url, {
        ...isSecure ? { tls: { ca } } : {},
        compression: true,
      });
      assert.match(connection.extensions, /^permessage-deflate/);
      await connection.close();
    });

    it("a browser's own page connects, and another's is refused with 403", patience, async () => {
      const tls = isSecure ? { tls: { ca } } : {};
      const connection = await connect(url, { ...tls, headers: { origin } });
      await connection.close();
      await assert.rejects(
        connect(url, { ...tls, headers: { origin: "https://other.example" } }),
        (error) => error instanceof WebSocketError && error.status === 403,
      );
    });
  });
}
