/**
 * The closing handshake (RFC 6455 section 7.1) as both sides see it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Closing } from "../../src/connection/closing.ts";
import { WebSocketError } from "../../src/errors.ts";
import { ReadyState } from "../../src/handler.ts";
import { sized } from "../../src/testing/splitter.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import {
  causeCode,
  idle,
  isSettled,
  itEnds,
  itSplit,
  itSplitAnywhere,
  openPair,
} from "../helpers/connections.ts";
import { openToServer } from "../helpers/raw_peer.ts";

const SENDABLE = [
  1000,
  1001,
  1002,
  1003,
  1007,
  1008,
  1009,
  1010,
  1011,
  1012,
  1013,
  1014,
  3000,
  4999,
];

describe("close", () => {
  itSplitAnywhere("carries code and reason to the other side, from either", async (split) => {
    for (const side of ["client", "server"] as const) {
      const pair = await openPair({ split });
      const other = pair[side === "client" ? "server" : "client"];
      const info = await pair[side].close(4321, "späte Gründe");
      const said = { code: 4321, reason: "späte Gründe", wasClean: true };
      assert.deepEqual(info, { ...said, initiator: "local" });
      assert.deepEqual(await other.closed, { ...said, initiator: "remote" });
      assert.equal(await pair[side].closed, info);
      assert.equal(pair[side].readyState, ReadyState.CLOSED);
      assert.equal(other.readyState, ReadyState.CLOSED);
    }
  });

  itEnds("takes every code that may be sent, and 1000 by default", async () => {
    for (const code of SENDABLE) {
      const { client, server } = await openPair();
      await client.close(code);
      assert.equal((await server.closed).code, code);
    }
    const { peer, connection } = await openToServer(idle());
    void connection.close();
    assert.deepEqual(await peer.frames(), ["close 1000"]);
  });

  itEnds(
    "close with 1005 sends a Close without a code, which both sides are told as 1005",
    async () => {
      const { peer, connection } = await openToServer(idle());
      const info = connection.close(1005);
      assert.deepEqual(await peer.frames(), ["close"]);
      peer.send("1 000 1000 m 0000000");
      assert.deepEqual(await info, { code: 1005, reason: "", wasClean: true, initiator: "local" });
      const { client, server } = await openPair({ client: { onError() {} } });
      await client.close(1005);
      assert.equal((await server.closed).code, 1005);
      await assert.rejects(client.close(1005, "why"), RangeError); // a reason needs a code
    },
  );

  itEnds("rejects what may not be sent, in every state, and stays open", async () => {
    const { client } = await openPair({ client: { onError() {} } });
    for (const code of [0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 1000.5, NaN]) {
      await assert.rejects(client.close(code), RangeError, String(code));
    }
    assert.equal(client.readyState, ReadyState.OPEN);
    const closed = client.close(1000, "€".repeat(41));
    assert.equal(client.readyState, ReadyState.CLOSING);
    await assert.rejects(client.close(1006), RangeError);
    await closed;
    await assert.rejects(client.close(1006), RangeError);
  });

  itEnds("called again waits for the same end", async () => {
    const { client, server } = await openPair();
    const infos = await Promise.all([client.close(4000, "first"), client.close(4001, "second")]);
    assert.equal(infos[0], infos[1]);
    assert.equal(infos[0].code, 4000);
    assert.equal(await client.close(), infos[0]);
    assert.equal((await server.closed).reason, "first");
  });

  itEnds("answers a Close without code with one, and tells 1005", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.send("1 000 1000 m 0000000");
    assert.deepEqual(await peer.frames(), ["close"]);
    const info = { code: 1005, reason: "", wasClean: true, initiator: "remote" };
    assert.deepEqual(await connection.closed, info);
  });

  itSplit("sends what was sent before, and nothing after", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    connection.send("before");
    void connection.close(4000);
    connection.send("after").catch(() => {});
    peer.send("1 000 1001 m 0000000 | 1 000 1000 m 0000010 x0fa0"); // no pong after Close (5.5.1)
    assert.deepEqual(await peer.frames(), ['text "before"', "close 4000"]);
    assert.equal(peer.hasEnded, true);
  });

  itSplit("waits for the Close behind all that the peer still sends", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send('0 000 0001 m 0000001 "a"'); // held back: nobody reads
    await settle();
    const closing = connection.close();
    peer.send('1 000 0000 m 0000001 "b" | 1 000 0010 m 1111110 +1000 *4096');
    peer.send("1 000 1000 m 0000010 x03e8");
    const info = await closing;
    assert.deepEqual([info.code, info.wasClean], [1000, true]);
    assert.equal(await connection.read(), null);
  });

  itEnds("lets the server end the transport first (section 7.1.1)", async () => {
    const clock = new VirtualClock();
    const opening = openPair({ clock, delayMs: 10 });
    await clock.advance(100);
    const { client, transports } = await opening;
    const order: string[] = [];
    const end = { client: transports.client.end, server: transports.server.end };
    for (const side of ["client", "server"] as const) {
      transports[side].end = function () {
        order.push(side);
        end[side].call(this);
      };
    }
    const closing = client.close();
    await clock.advance(100);
    await closing;
    assert.deepEqual([...new Set(order)], ["server", "client"]);
  });

  itEnds("happens at the end of `await using`", async () => {
    const { client, server } = await openPair();
    await client.send("inside");
    await client[Symbol.asyncDispose](); // what `await using` calls; Node 22 cannot read the words
    assert.equal(client.readyState, ReadyState.CLOSED);
    assert.equal(await server.read(), "inside");
    assert.deepEqual((await server.closed).code, 1000);
  });

  itEnds(
    "waits for a peer that takes what was sent before, for longer than closeTimeoutMs",
    async () => {
      const clock = new VirtualClock();
      const { peer, connection } = await openToServer(idle(), { clock, split: sized(16_384) });
      const { transport } = peer;
      transport.sink = {
        onChunk(chunk) {
          transport.pause();
          peer.onChunk(chunk);
        },
        onEnd: () => peer.onEnd(),
        onDrain() {},
        onClose: () => peer.onClose(),
      };
      transport.pause();
      for (let i = 0; i < 30; i++) connection.send(new Uint8Array(16_384));
      const closing = connection.close(1001);
      const frames: string[] = [];
      for (let second = 0; second < 60 && !frames.includes("close 1001"); second++) {
        transport.resume();
        await clock.advance(1_000);
        frames.push(...peer.takeFrames().filter((frame) => frame !== "ping"));
      }
      assert.equal(frames.length, 31);
      peer.send("1 000 1000 m 0000010 x03e9");
      transport.sink = peer;
      transport.resume();
      assert.equal((await closing).wasClean, true);
    },
  );

  itEnds("drops a peer that takes nothing of what was sent before", async () => {
    const clock = new VirtualClock();
    const { peer, connection } = await openToServer(idle(), { clock });
    peer.transport.pause();
    for (let i = 0; i < 30; i++) connection.send(new Uint8Array(16_384));
    const closing = connection.close(1001);
    await clock.advance(5_000);
    assert.equal(causeCode(await closing), "ERR_CLOSE_TIMEOUT");
  });

  itEnds("leaves no timer behind", async () => {
    const clock = new VirtualClock();
    const off = { pingIntervalMs: Infinity, handshakeTimeoutMs: Infinity };
    const { client, server } = await openPair({ clock, client: off, server: off });
    await client.close();
    await server.closed;
    assert.equal(clock.pending, 0);
  });
});

describe("Closing", () => {
  it("keeps the first ending that is decided", () => {
    const closing = new Closing(new VirtualClock());
    assert.equal(closing.info, null);
    closing.decide("transportLoss", { reason: "lost" });
    closing.decide("abort", { reason: "late" });
    const { code, initiator, cause } = closing.info ?? assert.fail("undecided");
    assert.deepEqual([code, initiator], [1006, "transport"]);
    assert.match(String(cause), /lost/);
  });

  it("decides nothing by our own Close until the peer answers it", () => {
    const closing = new Closing(new VirtualClock());
    closing.decide("localClose", { code: 4000, reason: "ours" });
    assert.equal(closing.info, null);
    closing.decide("remoteClose", closing.localClose ?? assert.fail("no Close"));
    const info = { code: 4000, reason: "ours", wasClean: true, initiator: "local" };
    assert.deepEqual(closing.info, info);
  });

  it("makes the error of an ending once, when it is first read", () => {
    const closing = new Closing(new VirtualClock());
    closing.decide("sendLimit", { reason: "too much", cause: "why" });
    const { cause } = closing.info ?? assert.fail("undecided");
    assert.equal(closing.info?.cause, cause);
    assert.ok(cause instanceof WebSocketError);
    assert.deepEqual([cause.code, cause.message, cause.cause], [
      "ERR_SEND_LIMIT",
      "too much",
      "why",
    ]);
  });

  it("fulfils closed at finish(), for readers before and after it", async () => {
    const closing = new Closing(new VirtualClock());
    const before = closing.closed;
    closing.decide("abort", { reason: "" });
    assert.equal(await isSettled(before), false);
    closing.finish();
    assert.equal(await before, closing.info);
    assert.equal(await closing.closed, closing.info);
  });

  it("asks at each end of the first limit until the answer is false, unless finish() came before", async () => {
    for (const isFinished of [false, true]) {
      const clock = new VirtualClock(), closing = new Closing(clock), calls: string[] = [];
      closing.limit(10, () => calls.push("first") < 2);
      closing.limit(5, () => calls.push("second") < 2);
      closing.decide("abort", { reason: "" });
      if (isFinished) closing.finish();
      assert.equal(clock.pending, isFinished ? 0 : 1);
      await clock.advance(100);
      assert.deepEqual(calls, isFinished ? [] : ["first", "first"]);
    }
  });
});
