/**
 * Closing a server: nobody new, everybody told, and an end in time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { WebSocketHandler } from "../../src/handler.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { causeCode, isSettled, itEnds, underCause } from "../helpers/connections.ts";
import { MemoryHost } from "../helpers/memory_host.ts";
import { WebSocketError } from "../../src/errors.ts";
import { IDLE } from "../helpers/idle_handler.ts";

const CLOSE_1001 = "1 000 1000 m 0000010 x03e9";

describe("server.close", () => {
  itEnds("tells every connection 1001 and waits for them", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE);
    const peers = [await host.connect(), await host.connect()];
    const connections = [...server.connections];
    assert.equal(connections.length, 2);
    const closing = server.close();
    for (const peer of peers) assert.match((await peer.frames()).join(), /^close 1001 "/);
    assert.equal(await isSettled(closing), false);
    assert.equal(host.listening, 0);
    peers[0]!.send(CLOSE_1001);
    assert.equal(await isSettled(closing), false);
    peers[1]!.send(CLOSE_1001);
    await closing;
    await server.closed;
    assert.equal(server.connections.size, 0);
    for (const connection of connections) {
      const { code, initiator, wasClean } = await connection.closed;
      assert.deepEqual([code, initiator, wasClean], [1001, "local", true]);
    }
    assert.equal(host.clock.pending, 0);
  });

  itEnds("drops what is left at the end of its time", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE, { closeTimeoutMs: 60_000 });
    const peer = await host.connect();
    const [connection] = server.connections;
    const closing = server.close({ timeoutMs: 2_000 });
    await host.clock.advance(1_999);
    assert.equal(await isSettled(closing), false);
    await host.clock.advance(1);
    await closing;
    const info = await connection!.closed;
    assert.equal(causeCode(info), "ERR_ABORTED");
    const cause = underCause(info);
    assert.ok(cause instanceof WebSocketError && cause.code === "ERR_SERVER_CLOSED");
    assert.equal(peer.isClosed, true);
  });

  itEnds("takes 10 s by default, and Infinity waits", async () => {
    for (const [options, ms] of [[{}, 10_000], [{ timeoutMs: Infinity }, 1e9]] as const) {
      const host = new MemoryHost();
      const limits = { closeTimeoutMs: Infinity, pingIntervalMs: Infinity };
      const server = await host.start(IDLE, limits);
      const peer = await host.connect();
      const closing = server.close(options);
      await host.clock.advance(ms - 1);
      assert.equal(await isSettled(closing), false);
      if (ms === 1e9) peer.send(CLOSE_1001);
      else await host.clock.advance(1);
      await closing;
    }
  });

  itEnds("answers upgrades under way with 503, whatever their producer says later", async () => {
    const gate = Promise.withResolvers<WebSocketHandler>();
    const host = new MemoryHost();
    const server = await host.start(() => gate.promise);
    const deciding = await host.connect();
    const reading = await host.connect("GET / HTTP/1.1\r\n");
    await server.close();
    const late = await host.connect();
    gate.resolve({ open: () => assert.fail("refused already") });
    await settle();
    for (const peer of [deciding, reading, late]) {
      assert.match(peer.head ?? "", /^HTTP\/1\.1 503 /);
      assert.equal(peer.isClosed, true);
    }
    assert.equal(server.connections.size, 0);
  });

  itEnds("lets a handler finish what it does, and its close comes", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const host = new MemoryHost();
    const server = await host.start({
      async message() {
        await gate.promise;
        log.push("message");
      },
      close: (_connection, { code }) => void log.push(`close ${code}`),
    });
    const peer = await host.connect();
    peer.send('1 000 0001 m 0000001 "a"');
    await settle();
    const closing = server.close();
    await settle();
    peer.send(CLOSE_1001);
    assert.equal(await isSettled(closing), false);
    gate.resolve();
    await closing;
    assert.deepEqual(log, ["message", "close 1001"]);
  });

  itEnds("server.close is the same for all that ask, and checks its time", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE);
    assert.throws(() => server.close({ timeoutMs: -1 }), RangeError);
    assert.equal(await isSettled(server.closed), false);
    assert.equal(server.close(), server.close());
    await server.closed;
    await server[Symbol.asyncDispose]();
  });

  itEnds("server.close is what the signal and `await using` do", async () => {
    const host = new MemoryHost();
    const stop = new AbortController();
    const server = await host.start(IDLE, { signal: stop.signal });
    stop.abort();
    await server.closed;
    const second = await host.start(IDLE);
    assert.equal(host.listening, 1);
    await second[Symbol.asyncDispose](); // what `await using` calls; Node 22 cannot read the words
    assert.equal(host.listening, 0);
    await assert.rejects(host.start(IDLE, { signal: AbortSignal.abort(new Error("no")) }), /no/);
    assert.equal(host.listening, 0);
  });

  itEnds("serve rejects wrong handlers and options before it listens", async () => {
    const host = new MemoryHost();
    await assert.rejects(host.start({ message: 1 } as unknown as WebSocketHandler), TypeError);
    await assert.rejects(host.start(IDLE, { fetch: 1 as unknown as undefined }), TypeError);
    await assert.rejects(host.start(IDLE, { maxConnections: -1 }), RangeError);
    assert.equal(host.listening, 0);
  });
});
