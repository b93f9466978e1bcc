/**
 * Requests that are refused by a rule, and the limits of the opening handshake.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { UpgradeOptions } from "../../src/server/upgrade_options.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { itEnds, itSplit } from "../helpers/connections.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { RawPeer, RawServer, upgradeRequest } from "../helpers/raw_peer.ts";
import { IDLE } from "../helpers/idle_handler.ts";

const request = upgradeRequest();

describe("a request", () => {
  for (
    const [what, text, status] of [
      ["that asks for no upgrade", "GET / HTTP/1.1\r\nHost: test\r\n\r\n", 426],
      ["of another method", request.replace("GET", "POST"), 405],
      ["of another version of WebSocket", request.replace("Version: 13", "Version: 8"), 426],
      ["without a key", request.replace(/Sec-WebSocket-Key.*\r\n/, ""), 400],
      ["without Host", request.replace(/Host.*\r\n/, ""), 400],
      ["that is no HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n", 400],
      ["of HTTP/1.0", request.replace("HTTP/1.1", "HTTP/1.0"), 400],
    ] as const
  ) {
    itSplit(`${what} is answered with ${status}`, async (split) => {
      const server = new RawServer(() => assert.fail("not asked"), { split });
      const peer = await server.ask(text);
      assert.match(peer.head ?? "", new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.match(peer.head ?? "", /^connection: .*close/im);
      assert.notEqual(peer.body, "");
      assert.equal(peer.hasEnded, true);
      assert.equal(peer.isClosed, true);
    });
  }

  itEnds("refused is read to its end, so that the answer is not lost", async () => {
    const clock = new VirtualClock();
    const { peer, transport } = new RawServer(IDLE, { clock }).accept();
    peer.endsToo = false;
    peer.write("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");
    for (let i = 0; i < 10; i++) peer.write(new Uint8Array(100_000));
    await settle();
    assert.match(peer.head ?? "", /^HTTP\/1\.1 405 /);
    assert.deepEqual([transport.isPaused, peer.isClosed], [false, false]);
    await clock.advance(1_000); // but not for ever
    assert.equal(peer.isClosed, true);
    assert.ok(clock.pending <= 1); // that of all handshakes
  });

  itEnds("refused that goes on sending is read no further than 1 MiB", async () => {
    const { peer, transport } = new RawServer(IDLE, { clock: new VirtualClock() }).accept();
    peer.endsToo = false;
    peer.write("POST / HTTP/1.1\r\nHost: test\r\n\r\n");
    for (let i = 0; i < 200; i++) peer.write(new Uint8Array(10_000));
    await settle();
    assert.equal(transport.isPaused, true);
  });

  itEnds("refused is let go early when more than 128 of them are waited for", async () => {
    const server = new RawServer(IDLE, { clock: new VirtualClock() });
    const peers = Array.from({ length: 130 }, () => server.accept().peer);
    for (const peer of peers) {
      peer.endsToo = false;
      peer.write("POST / HTTP/1.1\r\nHost: test\r\n\r\n");
    }
    await settle();
    assert.deepEqual(peers.map(({ isClosed }) => isClosed), peers.map((_, index) => index < 2));
    assert.ok(peers.slice(2).every(({ head }) => head?.startsWith("HTTP/1.1 405 ")));
  });

  itEnds("a request that never ends is dropped in time", async () => {
    const clock = new VirtualClock();
    const { peer } = new RawServer(IDLE, { clock, server: { handshakeTimeoutMs: 300 } }).accept();
    peer.write(request.slice(0, -2));
    await clock.advance(299);
    assert.equal(peer.isClosed, false);
    await clock.advance(1);
    assert.deepEqual([peer.isClosed, peer.head], [true, null]);
  });

  itSplit("a request with too long a head, or too many fields, is refused", async (split) => {
    const server = new RawServer(IDLE, {
      split,
      server: { maxHeadBytes: 400, maxHeaderFields: 10 },
    });
    const long = await server.ask(upgradeRequest(`X-Long: ${"a".repeat(400)}`));
    assert.match(long.head ?? "", /^HTTP\/1\.1 431 /);
    const fields = Array.from({ length: 10 }, (_, i) => `X-${i}: 1`);
    const many = await server.ask(upgradeRequest(...fields));
    assert.match(many.head ?? "", /^HTTP\/1\.1 431 /);
    const fine = await server.ask(upgradeRequest());
    assert.match(fine.head ?? "", /^HTTP\/1\.1 101 /);
  });

  itEnds("a request without an end is not held beyond the limit", async () => {
    const { peer } = new RawServer(IDLE).accept();
    for (let i = 0; i < 17; i++) peer.write("a".repeat(1_000));
    await settle();
    assert.match(peer.head ?? "", /^HTTP\/1\.1 4/);
  });
});

describe("a place among the openings", () => {
  const open = (server: RawServer, hostname: string) => {
    const { client, server: transport } = MemoryTransport.pair();
    transport.remoteAddress = { transport: "tcp", hostname, port: 1 };
    server.take(transport);
    return new RawPeer(client, "client");
  };

  itEnds(
    "a place among the openings is made by the oldest that has sent no whole request",
    async () => {
      const server = new RawServer(IDLE, { server: { maxPendingUpgrades: 3 } });
      const silent = ["a", "b", "c"].map((host) => open(server, host));
      silent[1]!.write("GET / HTTP/1.1\r\nHost: ");
      const honest = open(server, "d");
      honest.write(request);
      await settle();
      assert.match(honest.head ?? "", /^HTTP\/1\.1 101 /);
      assert.deepEqual(silent.map(({ isClosed }) => isClosed), [true, false, false]);
    },
  );

  itEnds(
    "a place among the openings is made by those of a host that holds more than half, for its own",
    async () => {
      const server = new RawServer(IDLE, { server: { maxPendingUpgrades: 4 } });
      const slow = open(server, "honest");
      const many = Array.from({ length: 6 }, () => open(server, "greedy"));
      await settle();
      assert.equal(slow.isClosed, false);
      assert.deepEqual(many.map(({ isClosed }) => isClosed), [
        true,
        true,
        true,
        false,
        false,
        false,
      ]);
    },
  );

  itEnds("a place among the openings is not made by those who wait for our decision", async () => {
    const decision = Promise.withResolvers<typeof IDLE>();
    const server = new RawServer(() => decision.promise, { server: { maxPendingUpgrades: 1 } });
    const first = open(server, "a");
    first.write(request);
    await settle();
    const second = open(server, "b");
    second.write(request);
    await settle();
    assert.match(second.head ?? "", /^HTTP\/1\.1 503 /);
    decision.resolve(IDLE);
    await settle();
    assert.match(first.head ?? "", /^HTTP\/1\.1 101 /);
  });

  itEnds(
    "a place among the openings is not made where it is connections that are too many",
    async () => {
      const server = new RawServer(IDLE, { server: { maxConnections: 1 } });
      open(server, "a").write(request);
      await settle();
      const second = open(server, "b");
      second.write(request);
      await settle();
      assert.match(second.head ?? "", /^HTTP\/1\.1 503 /);
    },
  );
});

describe("Origin", () => {
  async function ask(origin: string | null, options: UpgradeOptions = {}): Promise<string> {
    const lines = origin === null ? [] : [`Origin: ${origin}`];
    const server = new RawServer(IDLE, { server: { onError() {}, ...options } });
    const peer = await server.ask(upgradeRequest(...lines));
    return /^HTTP\/1\.1 (\d+)/.exec(peer.head ?? "")?.[1] ?? "none";
  }

  itEnds("Origin of another host is refused with 403, unless allowed", async () => {
    assert.equal(await ask(null), "101");
    assert.equal(await ask("http://test"), "101");
    assert.equal(await ask("https://test"), "101");
    assert.equal(await ask("http://evil"), "403");
    assert.equal(await ask("null"), "403");
    assert.equal(await ask("http://evil", { allowedOrigins: "any" }), "101");
    assert.equal(await ask("http://b.c", { allowedOrigins: ["http://b.c"] }), "101");
    assert.equal(await ask("http://test", { allowedOrigins: ["http://b.c"] }), "403");
    assert.equal(
      await ask("http://x", { allowedOrigins: (origin) => origin === "http://x" }),
      "101",
    );
  });

  itEnds("Origin is asked about before the producer", async () => {
    const server = new RawServer(() => assert.fail("not asked"));
    const peer = await server.ask(upgradeRequest("Origin: http://evil"));
    assert.match(peer.head ?? "", /^HTTP\/1\.1 403 /);
  });

  itEnds("Origin whose policy throws is refused with 500", async () => {
    const allowedOrigins = () => {
      throw new Error("mine");
    };
    assert.equal(await ask("http://x", { allowedOrigins }), "500");
  });
});

describe("a server's options", () => {
  for (
    const [options, error] of [
      [{ allowedOrigins: ["not an origin"] }, TypeError],
      [{ onError: "log" }, TypeError],
      [{ handshakeTimeoutMs: 0 }, RangeError],
      [{ maxHeadBytes: 10 }, RangeError],
      [{ maxHeaderFields: NaN }, RangeError],
      [{ maxConnections: -1 }, RangeError],
      [{ maxPendingUpgrades: 0 }, RangeError],
      [{ maxMessageBytes: 0 }, RangeError],
    ] as const
  ) {
    it(`are checked: ${JSON.stringify(options)}`, () => {
      const server = options as unknown as UpgradeOptions;
      assert.throws(() => new RawServer(IDLE, { server }), error);
    });
  }

  for (const handler of [null, "echo", { message: "echo" }, { session() {}, message() {} }]) {
    it(`take no handler that is ${JSON.stringify(handler)}`, () => {
      assert.throws(() => new RawServer(handler as unknown as object), TypeError);
    });
  }
});

describe("the number", () => {
  itEnds("the number of connections is limited, with 503 for the others", async () => {
    const server = new RawServer(IDLE, { server: { maxConnections: 2 } });
    const first = await server.ask(request), second = await server.ask(request);
    assert.match(first.head ?? "", / 101 /);
    assert.match(second.head ?? "", / 101 /);
    const { peer } = server.accept();
    await settle();
    assert.match(peer.head ?? "", /^HTTP\/1\.1 503 [^]*^retry-after: \d/im);
    first.transport.abort();
    await settle();
    const again = await server.ask(request);
    assert.match(again.head ?? "", / 101 /);
  });

  itEnds("the number of connections counts those under way", async () => {
    const undecided = new Promise<typeof IDLE>(() => {});
    const server = new RawServer(() => undecided, { server: { maxConnections: 1 } });
    await server.ask(request);
    const second = await server.ask(request);
    assert.match(second.head ?? "", / 503 /);
  });
});
