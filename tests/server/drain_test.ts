/** The report, the spread and the hook of a server's end. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SendingConnection, WebSocketHandler } from "../../src/handler.ts";
import { resolveClosing } from "../../src/server/closing_options.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds } from "../helpers/connections.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { MemoryHost } from "../helpers/memory_host.ts";
import type { RawPeer } from "../helpers/raw_peer.ts";
import { untyped } from "../helpers/untyped.ts";

const CLOSE_1001 = "1 000 1000 m 0000010 x03e9";
const NO_LIMITS = { closeTimeoutMs: Infinity, pingIntervalMs: Infinity };

async function connectMany(host: MemoryHost, count: number): Promise<RawPeer[]> {
  const peers: RawPeer[] = [];
  for (let i = 0; i < count; i++) peers.push(await host.connect());
  return peers;
}

describe("the report of server.close", () => {
  itEnds("counts who ended in time, who was dropped, and the slowest", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE, NO_LIMITS);
    const [fast, slow] = await connectMany(host, 4);
    const closing = server.close({ timeoutMs: 1_000 });
    await settle();
    fast!.send(CLOSE_1001);
    await host.clock.advance(700);
    slow!.send(CLOSE_1001);
    await host.clock.advance(299);
    assert.equal(await isSettled(closing), false);
    await host.clock.advance(1);
    assert.deepEqual(await closing, { drained: 2, forced: 2, longestMs: 1_000 });
    assert.deepEqual(await server.closed, await closing);
    assert.deepEqual(await server.close(), await closing);
    assert.equal(host.clock.pending, 0);
  });

  itEnds("the report of server.close is empty without connections", async () => {
    const server = await new MemoryHost().start(IDLE);
    assert.deepEqual(await server.close(), { drained: 0, forced: 0, longestMs: 0 });
  });

  itEnds("counts a connection whose peer leaves before its Close as drained", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE, NO_LIMITS);
    const [first, second] = await connectMany(host, 2);
    const closing = server.close({ spreadMs: 1_000 });
    await settle();
    first!.send(CLOSE_1001);
    second!.transport.lose();
    assert.deepEqual(await closing, { drained: 2, forced: 0, longestMs: 0 });
    assert.equal(host.clock.pending, 0);
  });
});

describe("spreadMs", () => {
  itEnds("spreads the Closes evenly over its time", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE, NO_LIMITS);
    const peers = await connectMany(host, 100);
    const closing = server.close({ spreadMs: 10_000 });
    const told: number[] = [];
    for (let second = 0; second < 10; second++) {
      await host.clock.advance(1_000);
      let count = 0;
      for (const peer of peers) {
        if (peer.takeFrames().length === 0) continue;
        count++;
        peer.send(CLOSE_1001);
      }
      told.push(count);
    }
    assert.equal(told.reduce((sum, count) => sum + count), 100);
    for (const count of told) assert.ok(count >= 8 && count <= 12, told.join());
    assert.equal((await closing).drained, 100);
  });

  itEnds("leaves who is not yet told at work", async () => {
    const host = new MemoryHost();
    const server = await host.start({ message: (connection, text) => connection.send(text) });
    const peers = await connectMany(host, 10);
    const closing = server.close({ spreadMs: 1_000 });
    await host.clock.advance(500);
    peers.at(-1)!.send('1 000 0001 m 0000001 "a"');
    assert.deepEqual(await peers.at(-1)!.frames(), ['text "a"']);
    for (const peer of peers) peer.transport.lose();
    await closing;
  });
});

describe("code and reason", () => {
  itEnds("are sent, for example 1012 before a restart", async () => {
    const host = new MemoryHost();
    const server = await host.start(IDLE);
    const [peer] = await connectMany(host, 1);
    const closing = server.close({ code: 1012, reason: "new version" });
    assert.deepEqual(await peer!.frames(), ['close 1012 "new version"']);
    peer!.transport.lose();
    await closing;
  });

  it("are refused at the call when they cannot be sent, as times are that make no sense", () => {
    for (
      const [options, name] of [
        [{ code: 1005 }, /RangeError/],
        [{ code: 999 }, /RangeError/],
        [{ reason: "a".repeat(124) }, /RangeError/],
        [{ reason: 1 }, /TypeError: reason/],
        [{ spreadMs: -1 }, /RangeError: spreadMs/],
        [{ spreadMs: 2, timeoutMs: 1 }, /RangeError: spreadMs: .*timeoutMs \(1\)/],
        [{ spreadMs: Infinity }, /RangeError: spreadMs/],
        [{ spread: 1 }, /TypeError: close: unknown option "spread"; did you mean "spreadMs"/],
      ] as const
    ) assert.throws(() => resolveClosing(untyped(options)), name);
  });

  it("have defaults, and the time is that of the spread and ten seconds", () => {
    const defaults = { timeoutMs: 10_000, spreadMs: 0, code: 1001, reason: "server is closing" };
    assert.deepEqual(resolveClosing({}), defaults);
    assert.equal(resolveClosing({ spreadMs: 30_000 }).timeoutMs, 40_000);
  });
});

describe("handler.drain", () => {
  itEnds("sends a last message before the Close, which waits for its promise", async () => {
    const gate = Promise.withResolvers<void>();
    const host = new MemoryHost();
    const server = await host.start({
      message() {},
      async drain(connection: SendingConnection) {
        await gate.promise;
        await connection.send("goodbye");
      },
    }, NO_LIMITS);
    const [peer] = await connectMany(host, 1);
    const closing = server.close();
    assert.deepEqual(await peer!.frames(), []);
    gate.resolve();
    assert.deepEqual(await peer!.frames(), ['text "goodbye"', 'close 1001 "server is closing"']);
    peer!.send(CLOSE_1001);
    assert.equal((await closing).drained, 1);
    assert.equal(host.clock.pending, 0);
  });

  itEnds("handler.drain that never returns ends with the time", async () => {
    const host = new MemoryHost();
    const server = await host.start(
      { message() {}, drain: () => new Promise(() => {}) },
      NO_LIMITS,
    );
    await connectMany(host, 1);
    const closing = server.close({ timeoutMs: 100 });
    await host.clock.advance(100);
    assert.deepEqual(await closing, { drained: 0, forced: 1, longestMs: 0 });
  });

  itEnds(
    "handler.drain that throws or rejects is reported, and the connection is closed all the same",
    async () => {
      for (
        const drain of [() => assert.fail("thrown"), () => Promise.reject(new Error("rejected"))]
      ) {
        const errors: unknown[] = [];
        const host = new MemoryHost();
        const server = await host.start({ message() {}, drain }, {
          onError: (error) => errors.push(error),
        });
        const [peer] = await connectMany(host, 1);
        const closing = server.close();
        assert.deepEqual(await peer!.frames(), ['close 1001 "server is closing"']);
        assert.equal(errors.length, 1);
        peer!.transport.lose();
        await closing;
      }
    },
  );

  itEnds("must be a function", async () => {
    const handler: WebSocketHandler = untyped({ message() {}, drain: 1 });
    await assert.rejects(new MemoryHost().start(handler), /TypeError: handler\.drain/);
  });
});
