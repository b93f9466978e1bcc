/** Rates that a peer is held to. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../../src/message.ts";
import type { UpgradeOptions } from "../../src/server/upgrade_options.ts";
import { resolveUpgradeOptions } from "../../src/server/upgrade_options.ts";
import { TokenBucket } from "../../src/server/token_bucket.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { bits, concat } from "../helpers/bits.ts";
import { causeCode, isSettled, itEnds, underCause } from "../helpers/connections.ts";
import { openToServer } from "../helpers/raw_peer.ts";
import { untyped } from "../helpers/untyped.ts";

const A = '1 000 0001 m 0000001 "a"'; // 7 bytes with its mask
const PING = "1 000 1001 m 0000000";

async function open(server: UpgradeOptions) {
  const clock = new VirtualClock(), messages: Message[] = [];
  const handler = { message: (_: unknown, message: Message) => void messages.push(message) };
  const opened = await openToServer(handler, {
    clock,
    server: { pingIntervalMs: Infinity, ...server },
  });
  return { ...opened, clock, messages };
}

describe("TokenBucket", () => {
  it("saves up one second of its rate", () => {
    const bucket = new TokenBucket(10, 0);
    assert.equal(bucket.take(10, 60_000), 0);
    assert.equal(bucket.take(1, 60_000), 100);
    assert.equal(bucket.take(1, 60_200), 0);
  });

  it("lets one pass at a rate below one a second", () => {
    const bucket = new TokenBucket(0.1, 0);
    assert.equal(bucket.take(1, 0), 0);
    assert.equal(bucket.take(1, 0), 10_000);
  });

  it("lets pass what is larger than all it holds, and takes the time for it", () => {
    const bucket = new TokenBucket(100, 0);
    assert.equal(bucket.take(1_100, 0), 10_000);
  });
});

describe("messagesPerSecond", () => {
  itEnds("lets a burst pass, reads the rest at the rate, and loses nothing", async () => {
    const { peer, transport, clock, messages } = await open({ messagesPerSecond: 10 });
    for (let i = 0; i < 25; i++) peer.send(A);
    await settle();
    assert.equal(messages.length, 11); // the one that exceeds the rate is in already
    assert.equal(transport.isPaused, true);
    await clock.advance(500);
    assert.equal(messages.length, 16);
    await clock.advance(900);
    assert.equal(messages.length, 25);
    await clock.advance(100);
    assert.equal(transport.isPaused, false);
    assert.equal(clock.pending, 1); // that of all handshakes
  });

  itEnds("holds messages of one chunk to the rate", async () => {
    const { peer, clock, messages } = await open({ messagesPerSecond: 2 });
    peer.write(concat(Array.from({ length: 6 }, () => bits(A, "client"))));
    await settle();
    assert.equal(messages.length, 3);
    await clock.advance(1_500);
    assert.equal(messages.length, 6);
  });

  itEnds("counts pings, which cost an answer", async () => {
    const { peer, transport } = await open({ messagesPerSecond: 2 });
    for (let i = 0; i < 3; i++) peer.send(PING);
    await settle();
    assert.equal(transport.isPaused, true);
  });

  itEnds("does not delay the end: a Close of ours is answered at once", async () => {
    const { peer, connection, messages } = await open({ messagesPerSecond: 1 });
    for (let i = 0; i < 5; i++) peer.send(A);
    peer.send("1 000 1000 m 0000010 x03e8");
    await settle();
    assert.equal(messages.length, 2);
    const info = await connection.close(1000);
    assert.deepEqual([info.code, info.wasClean], [1000, true]);
  });

  itEnds("delivers at once what came whole before the transport was lost", async () => {
    const { peer, connection, messages } = await open({ messagesPerSecond: 1 });
    peer.write(concat(Array.from({ length: 5 }, () => bits(A, "client"))));
    await settle();
    peer.transport.lose();
    await connection.closed;
    assert.equal(messages.length, 5);
  });

  itEnds(
    "fails with 1008 when the option says so, and drops the message that exceeds it",
    async () => {
      const { peer, connection, messages, clock } = await open({
        messagesPerSecond: 3,
        overRate: "fail",
      });
      for (let i = 0; i < 5; i++) peer.send(A);
      assert.deepEqual(await peer.frames(), ['close 1008 "rate exceeded"']);
      const info = await connection.closed;
      assert.deepEqual([info.code, info.initiator, causeCode(info)], [
        1008,
        "local",
        "ERR_RATE_LIMIT",
      ]);
      assert.equal(underCause(info), undefined);
      assert.equal(messages.length, 3);
      await clock.advance(10_000);
      assert.equal(clock.pending, 0);
    },
  );
});

describe("bytesPerSecond", () => {
  itEnds("counts the bytes of frames, and stops reading beyond them", async () => {
    const { peer, transport, clock, messages } = await open({ bytesPerSecond: 70 });
    for (let i = 0; i < 20; i++) peer.send(A);
    await settle();
    assert.equal(transport.isPaused, true);
    assert.equal(messages.length, 11);
    await clock.advance(900);
    assert.equal(messages.length, 20);
  });

  itEnds("fails with 1008 when the option says so", async () => {
    const { peer, connection } = await open({ bytesPerSecond: 20, overRate: "fail" });
    for (let i = 0; i < 3; i++) peer.send(A);
    assert.equal((await connection.closed).code, 1008);
  });

  itEnds("that fails looks at nothing more of its peer", async () => {
    const { peer, connection } = await open({ messagesPerSecond: 2, overRate: "fail" });
    peer.endsToo = false;
    for (let i = 0; i < 4; i++) peer.send(A);
    assert.deepEqual(await peer.frames(), ['close 1008 "rate exceeded"']);
    peer.send("1 000 1000 m 0000010 x03e8"); // an answer to the Close
    assert.equal(await isSettled(connection.closed), false);
    peer.transport.end();
    assert.equal((await connection.closed).code, 1008);
  });
});

describe("rates", () => {
  it("are named when they make no sense", () => {
    for (const value of [0, -1, NaN, "1"]) {
      for (const option of ["messagesPerSecond", "bytesPerSecond"]) {
        const resolve = () => resolveUpgradeOptions({ [option]: untyped(value) });
        assert.throws(resolve, new RegExp(`^RangeError: ${option}: must be a number above 0`));
      }
    }
  });
});
